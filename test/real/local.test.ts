import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { delimiter, dirname, join, resolve } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import { LocalRuntime } from '../../src/chroma/runtimes/local.ts';
import { DEFAULT_SETTINGS } from '../../src/project/settings.ts';
import { requirePart } from '../parts.ts';
import { program, Workspace } from './cli.ts';

describe('Chroma without Docker', function () {
  this.timeout(180_000);
  const opened: Workspace[] = [];
  let path = '';
  let python = '';
  let chromaCommand = '';

  before(function () {
    const chroma = requirePart(this, 'chroma 1.5.9');
    ({ python } = chroma);
    chromaCommand = chroma.command;
    path = [dirname(chroma.command), process.env['PATH']].join(delimiter);
  });
  afterEach(async () => {
    for (const workspace of opened.splice(0)) await workspace.run(['stop']);
  });

  async function open(): Promise<Workspace> {
    const workspace = await Workspace.create({ PATH: path });
    opened.push(workspace);
    return workspace;
  }

  /** The processes of this workspace's server: its supervisor and Chroma. */
  function processesOf(workspace: Workspace): readonly number[] {
    return execFileSync('ps', ['-eo', 'pid=,args=', '-ww'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(dirname(workspace.folder)))
      .map((line) => Number(line.trim().split(' ')[0]));
  }

  /** Starts a server as VS Code does: it lives as long as a window holds it. */
  async function startHeld(workspace: Workspace): Promise<LocalRuntime> {
    await workspace.run(['generate']);
    process.env['CHROMA_TLS_DATA_DIR'] = workspace.env['CHROMA_TLS_DATA_DIR'];
    const settings = { ...DEFAULT_SETTINGS, port: workspace.port, localCommand: chromaCommand };
    const runtime = new LocalRuntime({
      workspace: workspace.folder,
      supervisorFile: resolve('dist/supervisor.js'),
      readSettings: () => settings,
      held: true,
    });
    await runtime.start(
      {
        workspace: workspace.folder,
        certificatesFolder: join(workspace.folder, 'certs'),
        settings,
      },
      {
        report: () => undefined,
        note: () => undefined,
        signal: AbortSignal.timeout(60_000),
        consent: () => Promise.resolve(false),
      },
    );
    return runtime;
  }

  async function waitUntil(holds: () => Promise<boolean>, patience: number): Promise<void> {
    for (const end = Date.now() + patience; Date.now() < end;) {
      if (await holds()) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert.fail(`It did not come true in ${patience} ms.`);
  }

  it('generate, start, heartbeat, stop, and nothing runs on', async () => {
    const workspace = await open();
    const started = await workspace.start('--runtime', 'local');
    assert.equal(started.code, 0, started.stderr);
    const report = await workspace.status();
    assert.deepEqual(
      [report.state, report.runtime, report.tls, report.image],
      ['healthy', 'local', 'embedded', 'chroma 1.5.9'],
    );
    assert.match((await workspace.curl('/api/v2/heartbeat')).stdout, /nanosecond heartbeat/);
    assert.ok(processesOf(workspace).length >= 2);
    assert.equal((await workspace.run(['stop'])).code, 0);
    assert.deepEqual(processesOf(workspace), []);
  });

  it('serves a Python client that verifies against ca.pem, and only that one', async () => {
    const workspace = await open();
    await workspace.start('--runtime', 'local');
    const script = (verify: string): string => `
import chromadb
from chromadb.config import Settings
client = chromadb.HttpClient(host="localhost", port=${workspace.port}, ssl=True,
                             settings=Settings(chroma_server_ssl_verify=${verify}))
c = client.create_collection("docs")
c.add(ids=["a", "b"], embeddings=[[1.0, 0.0], [0.0, 1.0]], documents=["left", "up"])
print(c.query(query_embeddings=[[0.9, 0.1]], n_results=1)["documents"])
`;
    const cwd = workspace.folder;
    const found = await program(python, ['-c', script('"certs/ca.pem"')], { cwd });
    assert.match(found.stdout, /\[\['left'\]\]/, found.stderr);
    const distrusted = await program(python, ['-c', script('True')], { cwd });
    assert.notEqual(distrusted.code, 0, 'the system does not know our authority');
  });

  it('leaves no Chroma behind when its supervisor is killed', async () => {
    const workspace = await open();
    await workspace.start('--runtime', 'local');
    const [supervisor = 0] = processesOf(workspace);
    process.kill(supervisor, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.deepEqual(processesOf(workspace), []);
    assert.equal((await workspace.status()).state, 'stopped');
  });

  it('shows that Chroma was killed, with its code', async () => {
    const workspace = await open();
    await workspace.start('--runtime', 'local');
    const [, chroma = 0] = processesOf(workspace);
    process.kill(chroma, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const shown = await workspace.run(['status']);
    assert.match(shown.stdout, /^state\s+failed/);
    assert.match(shown.stderr, /exited with code 137/);
    assert.deepEqual(processesOf(workspace), []);
  });

  it('serves a renewed certificate without a restart', async () => {
    const workspace = await open();
    await workspace.start('--runtime', 'local');
    const before = processesOf(workspace);
    const old = (await workspace.status()).certificate.fingerprint256;
    await workspace.run(['generate']);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const report = await workspace.status();
    assert.equal(report.state, 'healthy', 'degraded would mean that the old one is served');
    assert.notEqual(report.certificate.fingerprint256, old);
    assert.deepEqual(processesOf(workspace), before);
  });

  it('ends with the last window that holds it, after the time of a reload', async function () {
    const workspace = await open();
    const runtime = await startHeld(workspace);
    const watch = runtime.watch(() => undefined);
    await waitUntil(async () => (await runtime.observe()).kind === 'running', 10_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    watch.dispose();
    assert.ok(processesOf(workspace).length >= 2, 'a reload must find it again');
    await waitUntil(() => Promise.resolve(processesOf(workspace).length === 0), 30_000);
  });

  it('installs Chroma into an environment of its own, once the person agreed', async () => {
    const workspace = await Workspace.create();
    opened.push(workspace);
    const asked = await workspace.start('--runtime', 'local');
    assert.equal(asked.code, 1);
    assert.match(asked.stderr, /Install chromadb 1\.5\.9 .*--yes/);
    const agreed = await workspace.start('--runtime', 'local', '--yes');
    assert.equal(agreed.code, 0, agreed.stderr);
    assert.equal((await workspace.status()).image, 'chroma 1.5.9');
  });

  it('is what auto picks where no engine answers, and it says why', async () => {
    const workspace = await Workspace.create({
      PATH: path,
      DOCKER_HOST: 'tcp://127.0.0.1:1',
    });
    opened.push(workspace);
    const started = await workspace.start();
    assert.equal(started.code, 0, started.stderr);
    assert.match(started.stderr, /Using local .*engine does not answer/);
  });
});
