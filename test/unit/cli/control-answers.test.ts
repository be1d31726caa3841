import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { controlPath } from '../../../src/chroma/supervisor/control-socket.ts';
import { workspaceDataFolder } from '../../../src/project/data-folder.ts';
import { skipBecause } from '../../harness/skip-reasons.ts';

describe('chroma-tls, told by others what makes no sense', () => {
  let workspace = '';
  let former: string | undefined;
  const servers: Server[] = [];

  beforeEach(async function () {
    if (process.platform === 'win32') skipBecause(this, 'a pipe of Windows has no path like this');
    const root = await mkdtemp(join(tmpdir(), 'chroma-tls-'));
    workspace = join(root, 'shop');
    await mkdir(workspace);
    former = process.env['CHROMA_TLS_DATA_DIR'];
    process.env['CHROMA_TLS_DATA_DIR'] = join(root, 'data');
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
    if (former === undefined) delete process.env['CHROMA_TLS_DATA_DIR'];
    else process.env['CHROMA_TLS_DATA_DIR'] = former;
  });

  function run(
    verb: string,
  ): Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }> {
    const cli = [resolve('dist/cli.js'), verb, '--runtime', 'local'];
    // No engine has a say in this.
    const env = { ...process.env, DOCKER_HOST: 'tcp://127.0.0.1:1' };
    return new Promise((done) => {
      execFile(process.execPath, cli, { cwd: workspace, env }, (error, stdout, stderr) => {
        done({ code: error?.code ?? 0, stdout, stderr });
      });
    });
  }

  for (const [what, answer] of Object.entries({
    'no JSON': 'hello\n',
    'JSON of another form': '{"server":{"id":1}}\n',
    'a line without an end': 'x'.repeat(1_000_000),
    'half a line': '{"server":',
  })) {
    it(`names a control socket that answers ${what}`, async () => {
      const path = controlPath(workspace, 'local');
      await mkdir(dirname(path), { recursive: true });
      const server = createServer((socket) => socket.on('error', () => undefined).end(answer));
      servers.push(server);
      await new Promise<void>((ready) => server.listen(path, ready));
      for (const verb of ['status', 'stop']) {
        const { code, stderr } = await run(verb);
        assert.equal(code, 1, stderr);
        assert.match(stderr, /does not answer as expected\. .* listens at .*End that proc/);
        assert.doesNotMatch(stderr, /SyntaxError|JSON|at .*\.js:/);
      }
    });
  }

  it('takes an exit file that a full disk left empty, or that is damaged, for none', async () => {
    const folder = workspaceDataFolder(workspace);
    await mkdir(folder, { recursive: true });
    for (const text of ['', '{"server":', '{"server":{},"part":"x","exitCode":1}', 'null']) {
      await writeFile(join(folder, 'exit.json'), text);
      const { stdout, stderr } = await run('status');
      assert.match(stdout, /^state +unconfigured$/m, stderr);
    }
  });
});
