import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import { requirePart } from '../parts.ts';
import { program, Workspace } from './cli.ts';

describe('Chroma without Docker', function () {
  this.timeout(180_000);
  const opened: Workspace[] = [];
  let path = '';
  let python = '';

  before(function () {
    const chroma = requirePart(this, 'chroma 1.5.9');
    ({ python } = chroma);
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
