import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, dirname, join, resolve } from 'node:path';
import { describe, it } from 'mocha';
import { noteStart } from '../../../../src/chroma/runtimes/runtime-choice.ts';
import { controlPath } from '../../../../src/chroma/supervisor/control-socket.ts';
import { launchSupervisor } from '../../../../src/chroma/supervisor/supervisor-launch.ts';
import type { SupervisorPlan } from '../../../../src/chroma/supervisor/supervisor-plan.ts';
import { workspaceDataFolder } from '../../../../src/project/data-folder.ts';
import { until } from '../../../harness/until.ts';
import { freePort, type Workspace } from '../../fixtures/cli.ts';
import { useLocalWorkspaces } from '../../fixtures/local-workspaces.ts';
import { pidOf, processesOf, untilNoneRuns } from '../../fixtures/processes.ts';

describe('a local server, whatever dies first', () => {
  const { open, chroma } = useLocalWorkspaces();

  async function start(workspace: Workspace, ...more: readonly string[]): Promise<void> {
    const started = await workspace.start('--runtime', 'local', ...more);
    assert.equal(started.code, 0, started.stderr);
  }

  /** A program under a supervisor, with no way of the system's own to end it with its parent. */
  async function supervise(
    workspace: Workspace,
    folder: string,
    program: Pick<SupervisorPlan, 'program' | 'args' | 'upstreamPort'>,
  ): Promise<void> {
    await workspace.run(['generate']);
    await launchSupervisor(resolve('dist/supervisor.js'), {
      ...program,
      folder,
      logFile: join(folder, 'server.log'),
      exitFile: join(folder, 'exit.json'),
      control: controlPath(workspace.folder, 'local'),
      certificatesFolder: join(workspace.folder, 'certs'),
      server: { runtime: 'local', tls: 'embedded', bindAddress: '127.0.0.1', port: workspace.port },
      held: false,
    });
  }

  async function startWithoutSetpriv(workspace: Workspace): Promise<void> {
    process.env['CHROMA_TLS_DATA_DIR'] = workspace.env['CHROMA_TLS_DATA_DIR'];
    const folder = join(workspace.folder, 'data');
    await mkdir(folder);
    const upstreamPort = await freePort();
    const address = ['--host', '127.0.0.1', '--port', String(upstreamPort)];
    const args = ['run', '--path', folder, ...address];
    await supervise(workspace, folder, { program: chroma().command, args, upstreamPort });
    // Its own processes are to be seen, not only its supervisor.
    await until('all three run', () => processesOf(workspace).length === 3);
  }

  const isGone = (workspace: Workspace) => (): boolean => processesOf(workspace).length === 0;

  it('leaves nothing behind when its supervisor is killed', async () => {
    const workspace = await open();
    await start(workspace);
    process.kill(pidOf(workspace, 'supervisor'), 'SIGKILL');
    await until('nothing of it runs', isGone(workspace));
    const shown = await workspace.run(['status']);
    assert.equal(shown.code, 1);
    assert.match(shown.stdout, /^state\s+failed/);
    assert.match(shown.stderr, /The supervisor was killed\./);
    assert.equal((await workspace.run(['stop'])).code, 0);
    assert.equal((await workspace.status()).state, 'stopped');
  });

  it('leaves nothing behind on a system that does not end children with their parent', async () => {
    const workspace = await open();
    await startWithoutSetpriv(workspace);
    process.kill(pidOf(workspace, 'supervisor'), 'SIGKILL');
    await until('nothing of it runs', isGone(workspace));
  });

  it('starts where setpriv cannot end children with their parent', async () => {
    const workspace = await open();
    const folder = join(dirname(workspace.folder), 'bin');
    await mkdir(folder);
    await writeFile(join(folder, 'setpriv'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    workspace.env['PATH'] = [folder, workspace.env['PATH']].join(delimiter);
    await start(workspace);
    assert.equal((await workspace.status()).state, 'healthy');
  });

  it('says why a server ended that ended at once', async () => {
    const workspace = await open();
    process.env['CHROMA_TLS_DATA_DIR'] = workspace.env['CHROMA_TLS_DATA_DIR'];
    // As every start does.
    await noteStart(workspace.folder);
    const nothing = { program: '/bin/false', args: [], upstreamPort: await freePort() };
    const ended = supervise(workspace, workspaceDataFolder(workspace.folder), nothing);
    await ended.catch(() => undefined);
    await until('nothing of it runs', isGone(workspace));
    assert.equal((await workspace.status()).state, 'failed');
    assert.match((await workspace.run(['status'])).stderr, /exited with code 1/);
  });

  it('leaves nothing behind when the watchdog is killed, and then the supervisor', async () => {
    const workspace = await open();
    await startWithoutSetpriv(workspace);
    const first = pidOf(workspace, 'watchdog');
    process.kill(first, 'SIGKILL');
    await until('another watchdog runs', () =>
      processesOf(workspace).some(({ pid, role }) => role === 'watchdog' && pid !== first),
    );
    assert.ok(processesOf(workspace).some(({ role }) => role === 'chroma'));
    process.kill(pidOf(workspace, 'supervisor'), 'SIGKILL');
    await until('nothing of it runs', isGone(workspace));
  });

  it('leaves nothing behind that the program has started itself', async () => {
    const workspace = await open();
    const { command } = chroma();
    // Not with `exec`: the shell stays, and Chroma is its child.
    const wrapper = join(dirname(workspace.folder), 'chroma');
    await writeFile(
      wrapper,
      `#!/bin/sh\n[ "$1" = --version ] && exec '${command}' "$@"\n'${command}' "$@"\nexit 9\n`,
    );
    await chmod(wrapper, 0o755);
    await start(workspace, '--local-command', wrapper);
    const running = processesOf(workspace);
    assert.equal(running.filter(({ role }) => role === 'chroma').length, 2);
    process.kill(pidOf(workspace, 'supervisor'), 'SIGKILL');
    await until('nothing of it runs', isGone(workspace));

    await start(workspace, '--local-command', wrapper);
    assert.equal((await workspace.run(['stop'])).code, 0);
    await untilNoneRuns(workspace);
  });

  it('shows that Chroma was killed, with its code', async () => {
    const workspace = await open();
    await start(workspace);
    process.kill(pidOf(workspace, 'chroma'), 'SIGKILL');
    await until('nothing of it runs', isGone(workspace));
    const shown = await workspace.run(['status']);
    assert.match(shown.stdout, /^state\s+failed/);
    assert.match(shown.stderr, /exited with code 137/);
    const refused = connect(workspace.port, '127.0.0.1');
    await assert.rejects(new Promise((_, reject) => refused.once('error', reject)), /ECONNREFUSED/);
  });

  it('ends with its supervisor on every signal that can be handled', async () => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      const workspace = await open();
      await start(workspace);
      process.kill(pidOf(workspace, 'supervisor'), signal);
      await until('nothing of it runs', isGone(workspace));
    }
  });
});
