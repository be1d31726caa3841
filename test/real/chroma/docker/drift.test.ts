import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { createServer } from '../../../../src/chroma/server/create-server.ts';
import { DockerRuntime } from '../../../../src/chroma/runtimes/docker/docker.ts';
import type { Observation } from '../../../../src/chroma/server-facts.ts';
import { deriveStatus } from '../../../../src/chroma/status/derive-status.ts';
import type { Disposable } from '../../../../src/system/events.ts';
import { workspaceDataFolder } from '../../../../src/project/data-folder.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { until } from '../../../harness/until.ts';
import { requirePart } from '../../../parts.ts';
import { Workspace } from '../../fixtures/cli.ts';
import { cleanUp, containersOf, docker } from '../../fixtures/docker.ts';
import { PrivateEngine } from '../../fixtures/private-engine.ts';
import { pidOf } from '../../fixtures/processes.ts';

/**
 * Follows a workspace's server as a window does: asks again whenever the runtime says so, and never
 * else. So what it sees was told by the engine.
 */
class Witness {
  readonly runtime: DockerRuntime;
  readonly #watch: Disposable;
  #observation: Observation = { kind: 'none' };
  #changes = 0;

  constructor(workspace: Workspace) {
    process.env['CHROMA_TLS_DATA_DIR'] = workspace.env['CHROMA_TLS_DATA_DIR'];
    this.runtime = new DockerRuntime({
      workspace: workspace.folder,
      supervisorFile: '',
      readSettings: () => DEFAULT_SETTINGS,
    });
    let queued = Promise.resolve();
    this.#watch = this.runtime.watch(() => {
      queued = queued.then(async () => {
        this.#observation = await this.runtime
          .observe()
          .catch((): Observation => ({ kind: 'none' }));
        this.#changes += 1;
      });
    });
  }

  get changes(): number {
    return this.#changes;
  }

  /** The problem, the part that ended, or the bare kind of what was last seen. */
  get word(): string {
    const seen = this.#observation;
    if (seen.kind === 'impaired') return seen.problem.code;
    if (seen.kind !== 'exited') return seen.kind;
    return seen.stopped ? 'stopped' : `${seen.part} exited`;
  }

  async until(word: string): Promise<void> {
    await until(
      `"${word}" is seen`,
      () => this.word,
      (seen) => seen === word,
    );
  }

  dispose(): void {
    this.#watch.dispose();
  }
}

describe('A container that is changed from outside', () => {
  let workspace: Workspace;
  let witness: Witness;

  async function start(...options: string[]): Promise<void> {
    const started = await workspace.start('--runtime', 'docker', ...options);
    assert.equal(started.code, 0, started.stderr);
    await witness.until('running');
  }

  async function named(role: 'server' | 'proxy'): Promise<string> {
    const names = await containersOf(workspace);
    return names.find((name) => name.includes('proxy') === (role === 'proxy')) ?? '';
  }

  const idOf = (name: string): Promise<string> =>
    docker('ps', '--all', '--no-trunc', '--quiet', '--filter', `name=^/?${name}$`);

  before(async function () {
    requirePart(this, 'docker');
    requirePart(this, 'image chromadb/chroma:1.5.9');
    requirePart(this, 'image nginx:1.29-alpine');
    workspace = await Workspace.create();
    witness = new Witness(workspace);
    await start();
  });
  after(async () => {
    witness.dispose();
    await cleanUp(workspace);
  });

  for (const [what, role, command, seen] of [
    ['the server was stopped', 'server', ['stop', '-t', '2'], 'stopped'],
    ['the server was killed', 'server', ['kill'], 'Chroma server exited'],
    ['the server was paused', 'server', ['pause'], 'server-paused'],
    ['the server alone was restarted', 'server', ['restart', '-t', '2'], 'proxy-cut-off'],
    ['the server was removed', 'server', ['rm', '-f'], 'none'],
    ['the proxy alone was killed', 'proxy', ['kill'], 'nginx proxy exited'],
    ['the proxy was paused', 'proxy', ['pause'], 'server-paused'],
    ['the proxy was removed', 'proxy', ['rm', '-f'], 'proxy-removed'],
  ] as const) {
    it(`shows that ${what}, and Start repairs it`, async () => {
      const name = await named(role);
      const before = await idOf(name);
      await docker(...command, name);
      await witness.until(seen);
      await start();
      assert.equal((await workspace.status()).state, 'healthy');
      if (seen === 'server-paused') {
        assert.equal(await idOf(name), before, 'it goes on, rather than being made again');
      }
    });
  }

  it('tells a stop that had to kill from a kill, even in a window that is opened later', async () => {
    const server = await named('server');
    // It cannot hear that it is to end.
    await docker('kill', '--signal', 'STOP', server);
    await docker('stop', '-t', '1', server);
    await until('that it was stopped', () => witness.word === 'stopped');
    const later = new Witness(workspace);
    try {
      await until('the same in another window', () => later.word === 'stopped');
    } finally {
      later.dispose();
    }
    await start();
  });

  it('shows in a window what a terminal does, without a failure', async () => {
    const window = createServer({
      workspace: workspace.folder,
      distFolder: resolve('dist'),
      readSettings: () => DEFAULT_SETTINGS,
      log: () => undefined,
      keyPassphrase: () => Promise.resolve(undefined),
      held: false,
    });
    const shown: string[] = [];
    const note = (): void => {
      const { state } = deriveStatus(window.snapshot, Date.now());
      if (shown.at(-1) !== state) shown.push(state);
    };
    const see = (state: string): Promise<unknown> =>
      until(`the state ${state}`, () => shown.at(-1) === state);
    try {
      window.onDidChange(note);
      window.watch();
      await Promise.all([window.refreshProject(), window.observe()]);
      await see('healthy');
      shown.splice(0, Infinity, 'healthy');
      await workspace.run(['stop']);
      await see('stopped');
      await start();
      await see('healthy');
      assert.deepEqual(shown, ['healthy', 'stopping', 'stopped', 'starting', 'healthy']);
    } finally {
      window.dispose();
    }
  });

  it('shows that the server goes on after a pause', async () => {
    const server = await named('server');
    await docker('pause', server);
    await witness.until('server-paused');
    await docker('unpause', server);
    await witness.until('running');
    assert.equal((await workspace.status()).state, 'healthy');
  });

  it('knows a renamed container by its label: its log, reload and stop', async () => {
    const before = witness.changes;
    await docker('rename', await named('server'), 'called-something-else');
    await docker('rename', await named('proxy'), 'another-name-proxy');
    await until('the window looks again', () => witness.changes > before);
    assert.equal(witness.word, 'running');
    assert.match((await workspace.run(['logs'])).stdout, /Listening|listening|8000/);
    const old = (await workspace.status()).certificate.fingerprint256;
    await workspace.run(['generate']);
    const report = await workspace.status();
    assert.equal(report.state, 'healthy');
    assert.notEqual(report.certificate.fingerprint256, old);
    await workspace.run(['stop']);
    await witness.until('none');
    assert.deepEqual(await containersOf(workspace), []);
    // Its container is gone; its last words are not.
    const { stdout, stderr } = await workspace.run(['logs']);
    assert.match(stdout, /Listening|listening|8000/);
    assert.match(
      stderr,
      /^Last run: chromadb\/chroma:\S+ \(docker\), started .+ UTC, stopped .+ UTC$/m,
    );
    const kept = join(workspaceDataFolder(workspace.folder), 'last-run.json');
    assert.equal((await stat(kept)).mode & 0o777, 0o600);
  });

  it('shows that the embedded proxy was killed, and Start repairs it', async () => {
    await workspace.run(['stop']);
    await witness.until('none');
    await start('--tls', 'embedded');
    process.kill(pidOf(workspace, 'supervisor'), 'SIGKILL');
    await witness.until('TLS proxy exited');
    await start('--tls', 'embedded');
    assert.equal((await workspace.status()).state, 'healthy');
  });

  it('shows that the engine stops and comes back', async function () {
    requirePart(this, 'image chromadb/chroma:0.6.3');
    const engine = await PrivateEngine.start(this, ['chromadb/chroma:0.6.3']);
    const other = await Workspace.create({ DOCKER_HOST: engine.host });
    process.env['DOCKER_HOST'] = engine.host;
    const window = new Witness(other);
    try {
      const image = ['--image', 'chromadb/chroma:0.6.3'];
      const started = await other.start('--runtime', 'docker', ...image);
      assert.equal(started.code, 0, started.stderr);
      await window.until('running');
      await engine.end();
      await window.until('none');
      await engine.begin();
      // An engine that ends stops what it runs.
      await window.until('stopped');
      assert.equal((await other.start('--runtime', 'docker', ...image)).code, 0);
      await window.until('running');
      assert.equal((await other.status()).state, 'healthy');
    } finally {
      window.dispose();
      await cleanUp(other);
      delete process.env['DOCKER_HOST'];
      await engine.remove();
    }
  });
});
