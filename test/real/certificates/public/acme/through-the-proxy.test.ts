import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { createResponder } from '../../../../../src/certificates/public/acme/create-responder.ts';
import { proveByProxy } from '../../../../../src/chroma/supervisor/challenge-proof.ts';
import { requirePart } from '../../../../parts.ts';
import type { Workspace } from '../../../fixtures/cli.ts';
import { useLocalWorkspaces } from '../../../fixtures/local-workspaces.ts';
import { Pebble } from '../../../fixtures/pebble.ts';
import { proveAll } from './order-with-responder.ts';

describe('proving names through the embedded proxy of a running server', () => {
  const { open } = useLocalWorkspaces();
  let pebble: Pebble;

  before(async function () {
    pebble = await Pebble.start(this);
  });
  after(() => {
    pebble.close();
  });

  it('answers tls-alpn-01, and every other client as ever', () => proveMeanwhile('local'));

  it('does so for a server in a container', function () {
    requirePart(this, 'image chromadb/chroma:1.5.9');
    return proveMeanwhile('docker');
  });

  async function proveMeanwhile(runtime: 'local' | 'docker'): Promise<void> {
    const workspace = await open();
    process.env['CHROMA_TLS_DATA_DIR'] = workspace.env['CHROMA_TLS_DATA_DIR'];
    const port = pebble.tlsPort;
    const started = await workspace.run([
      ...['start', '--wait', '--port', String(port), '--runtime', runtime, '--tls', 'embedded'],
    ]);
    assert.equal(started.code, 0, started.stderr);
    const clients = await keepAsking(workspace, port);
    const names = ['a.chroma.test', 'b.chroma.test', '127.0.0.1'];
    const responder = createResponder(
      { type: 'tls-alpn-01', port },
      { showRecords: () => Promise.resolve(), report: () => undefined },
      (...question) => proveByProxy(workspace.folder, ...question),
    );
    const proved = await proveAll(pebble, names, responder, async () => {
      const before = clients.answers();
      // They are asked through the proxy that looks at each hello.
      await clients.until(before + 50);
    });
    await clients.until(clients.answers() + 20);
    assert.deepEqual(proved, ['valid', 'valid', 'valid']);
    assert.deepEqual(await clients.stop(), []);
    await workspace.run(['stop']);
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
async function keepAsking({ folder }: Workspace, port: number): Promise<Clients> {
  const ca = await readFile(join(folder, 'certs/ca.pem'));
  const failures: string[] = [];
  let answers = 0;
  let isOver = false;
  let told: () => void = () => undefined;
  const ask = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const asked = request(
        { host: 'localhost', port, path: '/api/v2/heartbeat', ca, agent: false },
        (response) => {
          response.resume().once('end', () => {
            resolve(response.statusCode ?? 0);
          });
          response.once('error', reject);
        },
      );
      asked.once('error', reject).end();
    });
  const client = async (): Promise<void> => {
    while (!isOver) {
      const outcome = await ask().catch(String);
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
