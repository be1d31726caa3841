import { CLIENTS } from '../../../src/clients/catalogue.ts';
import type { Client, Verification } from '../../../src/clients/client.ts';
import { alignTable } from '../fixtures/markdown-table.ts';
import { FAULTS } from './judged-servers.ts';
import { NOT_RUN, RUNNABLES } from './runnables.ts';

const INTRODUCTION = `# Clients

**Chroma: Copy Client Code**, or \`chroma-tls clients --language L\`, gives the code that connects a client
to your server with verification on: right for its address, version, authority and token. This table is
written by the tests. They run the code as it is printed: with the right authority it adds a document and
finds it again. Where another authority signed the certificate, where the certificate has another name, or where
it has expired, the client must end with an error, and say nothing to the server. The last three columns quote
what it says then.
`;

const WAYS: Readonly<Record<Verification, string>> = {
  option: 'an option in the code',
  environment: 'a variable or an option at its start',
  machine: 'the trust store of this machine',
};

/** The page that says which clients are run as they are printed, and how each refuses a server. Pure. */
export function writeClientsDocument(): string {
  const head = ['client', '`--language`', 'verifies by', ...FAULTS];
  const notRun = CLIENTS.filter(({ id }) => id in NOT_RUN);
  return [
    INTRODUCTION,
    alignTable([head, ...CLIENTS.filter(({ id }) => !(id in NOT_RUN)).map(row)]),
    ...(notRun.length === 0
      ? []
      : [
          'Not run by the tests:\n',
          ...notRun.map(({ id, name }) => `- ${name}: ${NOT_RUN[id] ?? ''}`),
          '',
        ]),
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
