import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { requirePart } from '../../../../parts.ts';
import type { Workspace } from '../../../fixtures/cli.ts';
import { useLocalWorkspaces } from '../../../fixtures/local-workspaces.ts';
import { Pebble } from '../../../fixtures/pebble.ts';

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
      const clients = await keepAsking(workspace, port, await pebble.issuingRoots());
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

interface Clients {
  answers(): number;
  /** Waits until so many answers have come. */
  until(count: number): Promise<void>;
  /** @returns what failed */
  stop(): Promise<readonly string[]>;
}

/** Clients that ask the server over and over, each time by a connection of its own. */
async function keepAsking(
  { folder }: Workspace,
  port: number,
  roots: readonly string[],
): Promise<Clients> {
  const ca = [await readFile(join(folder, 'certs/ca.pem'), 'utf8'), ...roots];
  const failures: string[] = [];
  let answers = 0;
  let isOver = false;
  let told: () => void = () => undefined;
  const client = async (): Promise<void> => {
    while (!isOver) {
      const outcome = await ask(port, ca).catch(String);
      if (outcome === 200) answers += 1;
      else failures.push(String(outcome));
      told();
    }
  };
  const running = [client(), client(), client(), client()];
  return {
    answers: () => answers,
    until: async (count) => {
      while (answers < count && failures.length === 0) {
        await new Promise<void>((resolve) => (told = resolve));
      }
    },
    stop: async () => {
      isOver = true;
      await Promise.all(running);
      return failures;
    },
  };
}

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
