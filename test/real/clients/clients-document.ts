import { CLIENTS } from '../../../src/clients/catalogue.ts';
import type { Client, Verification } from '../../../src/clients/client.ts';
import { alignTable } from '../fixtures/markdown-table.ts';
import { FAULTS } from './judged-servers.ts';
import { OTHERS, RUNNABLES } from './runnables.ts';

const INTRODUCTION = `# Clients

**Chroma: Copy Client Code**, or \`chroma-tls clients --language L\`, gives the code that connects a client
to your server with verification on: right for its address, version, authority and token. This table is
written by the tests. They run the code as it is printed: with the right authority it adds a document and
finds it again. Where another authority signed the certificate, where the certificate has another name, or where
it has expired, the client must end with an error, and say nothing to the server. The last three columns quote
what it says then. Every run of the tests runs them all, but for Rust's, whose 300 packages take
minutes to compile: \`npm test -- matrix\` runs it.
`;

const FIRST_API = `The libraries \`chroma-db\` 0.8 (Ruby), \`ChromaDB.Client\` 1.0 (.NET) and \`chromadb-java-client\` 0.1 (Java) ask for
the API v1 alone, which Chroma 1.x answers with 410. So Ruby and .NET have code for their own HTTP client, which
talks to either generation, and Java has LangChain4j.
`;

const CONTAINERS = `## In a container

\`localhost\` is another machine there, and the authority is not there. The code for a container mounts
\`ca.pem\` alone, read-only, and sets the variables by which Python's and Node.js's clients find it. The
certificate needs the name by which the container reaches the server:

| client                             | name                                                           |
| ---------------------------------- | -------------------------------------------------------------- |
| a container, a dev container       | \`host.docker.internal\`; with Podman \`host.containers.internal\` |
| the same, with a domain of yours   | the domain, which the code tells the container                 |
| a service of the same Compose file | the service's name, \`chroma\`                                   |

Where the certificate does not have it, the code says so, and VS Code offers **Add Name and Regenerate**; a
terminal takes \`--name\`. No name is added by itself. On Linux a container does not reach a server on
\`127.0.0.1\`: set \`chromaTls.bindAddress\` to the engine's bridge, often \`172.17.0.1\`, which only this machine
and its containers reach. Docker Desktop needs nothing of the kind.

The lines for \`devcontainer.json\` are for a dev container whose server runs on your machine. They also put the
authority into the container's own trust store, as root or by \`sudo\`, for curl and others that go by it. A dev
container has the folder that it is of, so that of the server's own folder has the key, too.

Where the server runs in the dev container itself, or in WSL, \`localhost\` is right. Chroma TLS goes by the side
that it runs on ([Remote windows](remote.md)): in a dev container \`chroma-tls env\` names \`ca.pem\` by its path
there, and **Trust Certificate** changes the container's stores, not your machine's. An authority that your
machine made was not made there, so \`chroma-tls trust\` wants a word typed. Code that is copied there is for a
server there. Programs of Windows have a store of their own ([Trust](trust.md)).
`;

const WAYS: Readonly<Record<Verification, string>> = {
  option: 'an option in the code',
  environment: 'a variable or an option at its start',
  machine: 'this machine’s trust store; on Linux also a variable',
};

/** The page that says which clients are run as they are printed, and how each refuses a server. Pure. */
export function writeClientsDocument(): string {
  const head = ['client', '`--language`', 'verifies by', ...FAULTS];
  const others = CLIENTS.filter(({ id }) => id in OTHERS);
  return [
    INTRODUCTION,
    alignTable([head, ...CLIENTS.filter(({ id }) => !(id in OTHERS)).map(row)]),
    'The others:\n',
    ...others.map(({ id, name }) => `- ${name}, \`${id}\`: ${OTHERS[id] ?? ''}`),
    '',
    FIRST_API,
    CONTAINERS,
  ].join('\n');
}

function row({ id, name, verification }: Client): readonly string[] {
  const { says } = RUNNABLES.find((one) => one.id === id) ?? { says: '' };
  const said = (text: string): string => `“${text}”`;
  return [
    name,
    `\`${id}\``,
    WAYS[verification],
    ...FAULTS.map((fault) => said(typeof says === 'string' ? says : says[fault])),
  ];
}
