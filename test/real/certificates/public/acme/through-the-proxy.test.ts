import assert from 'node:assert/strict';
import { request } from 'node:https';
import { after, before, describe, it } from 'mocha';
import { requirePart } from '../../../../parts.ts';
import { keepAsking } from '../../../fixtures/asking-clients.ts';
import { useLocalWorkspaces } from '../../../fixtures/local-workspaces.ts';
import { Pebble } from '../../../fixtures/acme/pebble.ts';

describe('proving names through the embedded proxy of a running server', () => {
  const { open } = useLocalWorkspaces();
  let pebble: Pebble;

  before(async function () {
    pebble = await Pebble.start(this);
  });
  after(() => {
    pebble.close();
  });

  for (const runtime of ['local', 'docker'] as const) {
    it(`is done for a ${runtime} server by a request, and no other client notices`, async function () {
      if (runtime === 'docker') requirePart(this, 'image chromadb/chroma:1.5.9');
      const workspace = await open();
      const port = pebble.tlsPort;
      const further = ['also.chroma.test', '127.0.0.1'].flatMap((name) => ['--name', name]);
      const names = ['--domain', 'chroma.test', ...further];
      const started = await workspace.run([
        ...['start', '--wait', '--port', String(port), '--tls', 'embedded'],
        ...['--runtime', runtime, ...names],
      ]);
      assert.equal(started.code, 0, started.stderr);
      const clients = await keepAsking(workspace, port, {
        name: 'chroma.test',
        roots: await pebble.issuingRoots(),
      });
      const requested = await workspace.run(
        [
          ...['request', '--directory', pebble.directory, '--directory-root', pebble.rootsFile],
          ...['--challenge', 'tls-alpn-01', '--tls-port', String(port), '--agree-tos', ...names],
        ],
        pebble.env,
      );
      assert.equal(requested.code, 0, requested.stdout + requested.stderr);
      // They go on with the certificate that was issued.
      await clients.until(clients.answers() + 50);
      assert.deepEqual(await clients.stop(), []);
      assert.equal(await ask(port, await pebble.issuingRoots()), 200);
      await workspace.run(['stop']);
    });
  }
});

/** @returns the status of one answer, over a connection of its own that is verified with these roots */
function ask(port: number, ca: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        ...{ host: '127.0.0.1', servername: 'chroma.test', port, ca: [...ca], agent: false },
        path: '/api/v2/heartbeat',
      },
      (response) => {
        response.resume().once('end', () => {
          resolve(response.statusCode ?? 0);
        });
        response.once('error', reject);
      },
    );
    asked.once('error', reject).end();
  });
}
