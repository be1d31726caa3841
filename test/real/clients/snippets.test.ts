import assert from 'node:assert/strict';
import { mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { CLIENTS } from '../../../src/clients/catalogue.ts';
import type { Client } from '../../../src/clients/client.ts';
import { renderExample } from '../../../src/clients/render-snippet.ts';
import { requirePart } from '../../parts.ts';
import { Workspace, type CliOutcome } from '../fixtures/cli.ts';
import {
  FAULTS,
  openJudgedServers,
  TOKEN,
  type JudgedServer,
  type JudgedServers,
} from './judged-servers.ts';
import { RUNNABLES, type Runnable } from './runnables.ts';

const VARIABLE = 'CHROMA_TOKEN';
const ANY = { host: 'localhost', port: 8000, generation: 'rust', version: '1.5.9' } as const;

describe('the code for a client, run as it is printed', function () {
  let servers: JudgedServers;
  let opened: JudgedServers | undefined;

  before(async function () {
    servers = opened = await openJudgedServers(requirePart(this, 'chroma 1.5.9').command);
  });
  after(() => opened?.close());

  const isMatrix = process.env['CHROMA_TLS_MATRIX'] === 'whole';
  for (const runnable of RUNNABLES.filter(({ isSlow = false }) => isSlow === isMatrix)) {
    const { id, part, found, says, byNameOnly = false } = runnable;
    describe(id, () => {
      let ask: Ask;
      before(async function () {
        ask = await prepare(runnable, requirePart(this, part));
        await servers.clear();
      });

      it('adds and finds', async () => {
        const { code, stdout, stderr } = await ask(servers.usual.good);
        assert.equal(code, 0, stderr);
        assert.match(stdout, found);
      });

      if (clientOf(id).refuse?.({ ...ANY, tokenVariable: VARIABLE }) === undefined) {
        it('finds nothing without the token, and all with it', async () => {
          const without = await ask(servers.asking);
          assert.notEqual(without.code, 0, without.stdout);
          const given = await ask(servers.asking, TOKEN);
          assert.equal(given.code, 0, given.stderr);
          assert.match(given.stdout, found);
        });
      }

      if (byNameOnly) {
        it('accepts no server by its address, as its code says', async () => {
          const { code, stdout, stderr } = await ask({ ...servers.usual.good, host: '127.0.0.1' });
          assert.notEqual(code, 0, stdout);
          assert.ok(typeof says === 'string' && stderr.includes(says), stderr);
        });
      }

      for (const fault of FAULTS) {
        it(`refuses a server: ${fault}`, async () => {
          const { [fault]: server } = servers.usual.faulty;
          const { came, asked } = server.heard;
          const { code, stdout, stderr } = await ask(server);
          assert.notEqual(code, 0, stdout);
          assert.ok(stderr.includes(typeof says === 'string' ? says : says[fault]), stderr);
          // Some clients say the same where no server is. This one they have met, and told nothing.
          assert.ok(server.heard.came > came, 'it never came');
          assert.equal(server.heard.asked, asked, 'it asked what it could not verify');
        });
      }
    });
  }
});

describe('chroma-tls clients', function () {
  let workspace: Workspace;

  before(async function () {
    const { command } = requirePart(this, 'chroma 1.5.9');
    const path = [dirname(command), process.env['PATH']].join(delimiter);
    workspace = await Workspace.create({ PATH: path });
    const started = await workspace.start('--runtime', 'local');
    assert.equal(started.code, 0, started.stderr);
  });
  after(async () => {
    await workspace.run(['stop']);
  });

  it('prints what connects to the server that runs', async () => {
    const { stdout } = await workspace.run(['clients', '--language', 'curl']);
    assert.ok(stdout.includes(`https://localhost:${workspace.port}/`), stdout);
    const file = join(workspace.folder, 'a.sh');
    await writeFile(file, stdout);
    const { code, stderr } = await runnableOf('curl').run(file, '');
    assert.equal(code, 0, stderr);
  });

  it('lists every client, and names the known ones where one is unknown', async () => {
    const list = await workspace.run(['clients']);
    for (const { id } of CLIENTS) assert.match(list.stdout, new RegExp(`^${id} `, 'm'));
    const unknown = await workspace.run(['clients', '--language', 'cobol']);
    assert.equal(unknown.code, 2, unknown.stdout);
    assert.match(unknown.stderr, /There is no client cobol/);
  });
});

type Ask = (
  server: Pick<JudgedServer, 'port' | 'ca'> & { readonly host?: string },
  token?: string,
) => Promise<CliOutcome>;

/** Gives what saves a client's code for one server and runs it. */
async function prepare({ id, file, run }: Runnable, facts: object): Promise<Ask> {
  const client = clientOf(id);
  const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-client-'));
  if ('modules' in facts) await symlink(String(facts.modules), join(folder, 'node_modules'));
  return async ({ port, ca, host = ANY.host }, token) => {
    const path = join(folder, file);
    const asks = token === undefined ? {} : { tokenVariable: VARIABLE };
    await writeFile(path, renderExample(client, { ...ANY, host, port, ca, ...asks }));
    return run(path, ca, token === undefined ? {} : { [VARIABLE]: token });
  };
}

function clientOf(id: string): Client {
  const client = CLIENTS.find((one) => one.id === id);
  assert.ok(client, id);
  return client;
}

function runnableOf(id: string): Runnable {
  const runnable = RUNNABLES.find((one) => one.id === id);
  assert.ok(runnable, id);
  return runnable;
}
