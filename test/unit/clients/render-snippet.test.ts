import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import ts from 'typescript';
import { parse } from 'yaml';
import { CLIENTS, findMissingName, orderFor } from '../../../src/clients/catalogue.ts';
import type { Connection } from '../../../src/clients/connection.ts';
import { renderExample, renderSnippet } from '../../../src/clients/render-snippet.ts';
import { PYTHON } from '../../../src/clients/python.ts';

const PRIVATE: Connection = {
  host: 'localhost',
  port: 8000,
  generation: 'rust',
  version: '1.5.9',
  ca: '/home/me/my project/certs/ca.pem',
};
const PUBLIC: Connection = { host: 'chroma.example.com', port: 443, generation: 'rust' };

describe('the code for a client', () => {
  it('names the authority, the address and nothing that is not asked for', () => {
    assert.equal(
      renderSnippet(PYTHON, PRIVATE),
      `# pip install chromadb
import chromadb
from chromadb.config import Settings

client = chromadb.HttpClient(
    host="localhost",
    port=8000,
    ssl=True,
    settings=Settings(chroma_server_ssl_verify="/home/me/my project/certs/ca.pem"),
)
`,
    );
  });

  it('has a client of 0.x installed for a server of 0.x', () => {
    const old: Connection = { ...PRIVATE, generation: 'python', version: '0.6.3' };
    assert.match(renderSnippet(PYTHON, old), /^# pip install "chromadb==0\.6\.3"$/m);
    assert.match(
      renderSnippet(PYTHON, { host: 'localhost', port: 8000, generation: 'python' }),
      /^# pip install "chromadb<1"$/m,
    );
  });

  for (const client of CLIENTS) {
    describe(client.id, () => {
      it('has every place filled, whatever is known', () => {
        for (const base of [PRIVATE, PUBLIC]) {
          for (const connection of [base, { ...base, tokenVariable: 'CHROMA_TOKEN' }]) {
            if (client.refuse?.(connection) !== undefined) continue;
            const code = renderExample(client, connection);
            assert.doesNotMatch(code, /[«»]|undefined/);
            assert.ok(code.includes(client.reach?.(connection) ?? connection.host), code);
            assert.equal(code.includes('CHROMA_TOKEN'), 'tokenVariable' in connection, code);
          }
        }
      });

      it('asks every server for a certificate that verifies', () => {
        for (const connection of [PRIVATE, PUBLIC]) {
          assert.doesNotMatch(
            renderSnippet(client, connection),
            /insecure|verify=False|REJECT_UNAUTHORIZED|http:\/\/|ssl=False/i,
          );
        }
      });

      it('takes a path for text, never for code', () => {
        const ca = '/tmp/a"\'$(id)`\n#{x}\n//\u2028import os\\';
        const code = renderSnippet(client, { ...PRIVATE, ca });
        const plain = renderSnippet(client, { ...PRIVATE, ca: '/tmp/plain' });
        const isShell = client.syntax === 'shell';
        // Within the quotes of a shell a line may end; nowhere else.
        if (isShell) return;
        assert.equal(code.split('\n').length, plain.split('\n').length);
        for (const line of code.split('\n')) assert.doesNotMatch(line, /^\s*(import os|#\{x\})/);
        if (client.syntax === 'ruby') assert.ok(code.includes(String.raw`\#{x}`), code);
        if (client.syntax === 'csharp') assert.doesNotMatch(code, /\u2028/);
      });
    });
  }

  it('tells a container the name that the certificate has, or which one to add', () => {
    const [container] = CLIENTS.filter(({ id }) => id === 'container');
    assert.ok(container);
    const names = ['localhost', '127.0.0.1'];
    assert.equal(findMissingName(container, { ...PRIVATE, names }), 'host.docker.internal');
    const lacking = renderSnippet(container, { ...PRIVATE, names });
    assert.match(lacking, /^# First add host\.docker\.internal to/m);
    const named = { ...PRIVATE, names: [...names, 'host.docker.internal'] };
    assert.equal(findMissingName(container, named), undefined);
    assert.doesNotMatch(renderSnippet(container, named), /First add/);
    assert.match(
      renderSnippet(container, { ...PRIVATE, engine: 'podman' }),
      /^podman run --rm \\\n {2}--add-host host\.containers\.internal:host-gateway \\$/m,
    );
    // A domain of one's own is told to the container, so that no further name is needed.
    const own = { ...PRIVATE, host: 'chroma.test', names: ['*.test'] };
    assert.equal(findMissingName(container, own), undefined);
    assert.match(renderSnippet(container, own), /--add-host chroma\.test:host-gateway/);
  });

  it('gives lines that are valid YAML and JSON, whatever the path', () => {
    const ca = '/home/me/it\'s "mine", $HOME ü/ca.pem';
    const lines = (id: string): string => {
      const client = CLIENTS.find((one) => one.id === id);
      assert.ok(client);
      return renderSnippet(client, { ...PRIVATE, ca, tokenVariable: 'CHROMA_TOKEN' });
    };
    const { services } = parse(lines('compose-service')) as {
      services: { client: { volumes: readonly { source: string }[] } };
    };
    assert.equal(services.client.volumes[0]?.source, ca.replace('$', '$$$$'));
    const read = ts.parseConfigFileTextToJson('a.json', `{${lines('devcontainer')}}`);
    assert.equal(read.error, undefined);
    const { runArgs } = read.config as { runArgs: readonly string[] };
    assert.ok(runArgs.includes(`${ca}:/etc/chroma/ca.pem:ro,z`), String(runArgs));
  });

  it('comes first for the language of a file, and each once', () => {
    assert.deepEqual(orderFor('go').map(({ id }) => id)[0], 'go');
    assert.deepEqual(
      orderFor('go')
        .map(({ id }) => id)
        .toSorted(),
      CLIENTS.map(({ id }) => id).toSorted(),
    );
    assert.deepEqual(orderFor(undefined), CLIENTS);
  });
});
