import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import type { Server as TlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mkdtemp, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Runtime } from '../../../../src/chroma/runtimes/runtime.ts';
import type { Observation } from '../../../../src/chroma/server-facts.ts';
import { restartChroma } from '../../../../src/workspace/start.ts';
import { Server } from '../../../../src/chroma/server/server.ts';
import { stopChroma } from '../../../../src/workspace/stop.ts';
import { deriveStatus } from '../../../../src/chroma/status/derive-status.ts';
import { Emitter } from '../../../../src/system/events.ts';
import { workspaceDataFolder } from '../../../../src/project/data-folder.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { until } from '../../../harness/until.ts';
import { makeWorkspace, type WorkspaceFixture } from '../../certificates/workspace-fixture.ts';
import { LockProcesses } from '../../system/files/lock-processes.ts';
import { NONE, noteStates, runtime } from '../runtime-fixture.ts';
import { endServer, HEARTBEAT, serveTls } from '../tls-fixture.ts';

const START = {
  signal: new AbortController().signal,
  consent: () => Promise.resolve(false),
  acceptChange: () => Promise.resolve('refuse' as const),
  note: () => undefined,
};

/** What there is, as a test makes it; a window asks for it and hears that it changed. */
class World {
  readonly events = new Emitter<undefined>();
  #now: Observation = NONE;

  get now(): Observation {
    return this.#now;
  }

  become(next: Observation): void {
    this.#now = next;
    this.events.fire(undefined);
  }
}

describe('the order of what happens', () => {
  let fixture: WorkspaceFixture;
  let world: World;
  let tls: { readonly server: TlsServer; readonly port: number };
  let window: Server;
  /** Every state that was shown, one after the other. */
  let shown: string[];
  /** What the scripted runtime does when it is told to. */
  let script: Partial<Runtime>;

  beforeEach(async () => {
    fixture = await makeWorkspace();
    const made = await fixture.generate();
    tls = await serveTls(made, (_, response) => {
      response.end(HEARTBEAT);
    });
    world = new World();
    shown = [];
    script = {};
  });
  afterEach(() => {
    window.dispose();
    endServer(tls.server);
  });

  function running(startedAt = 0): Observation {
    const facts = { tls: 'nginx', bindAddress: '127.0.0.1', port: tls.port } as const;
    return {
      kind: 'running',
      server: { id: `${startedAt}`, runtime: 'docker', startedAt, ...facts },
    };
  }

  function exited(exitCode: number): Observation {
    const seen = running();
    assert.ok(seen.kind === 'running');
    return {
      kind: 'exited',
      server: seen.server,
      part: 'Chroma server',
      exitCode,
      lastLog: [],
    };
  }

  /** Opens the folder as a window does, and notes each state that it shows. */
  function open(): void {
    const docker: Runtime = {
      ...runtime('docker', NONE),
      observe: () => Promise.resolve(world.now),
      watch: (changed) => world.events.event(changed),
      ...script,
    };
    window = new Server({
      workspace: fixture.workspace,
      readSettings: () => ({ ...DEFAULT_SETTINGS, runtime: 'docker', heartbeatInterval: 1 }),
      runtimes: [docker],
      log: () => undefined,
      keyPassphrase: () => Promise.resolve(undefined),
    });
    shown = noteStates(window);
    window.watch();
    void window.refreshProject().catch(() => undefined);
    void window.observe();
  }

  const see = (state: string): Promise<unknown> =>
    until(`the state ${state}`, () => shown.at(-1) === state);

  it('is nothing before it is known: a window that opens checks, and then knows', async () => {
    world.become(running());
    open();
    await see('healthy');
    assert.deepEqual(shown, ['checking', 'healthy']);
  });

  it('has no failure in a stop of our own, nor in a restart', async () => {
    world.become(running());
    script = {
      // As an engine does it: ended first, then removed, and each is told.
      stop: async () => {
        world.become(exited(0));
        await new Promise((resolve) => setImmediate(resolve));
        world.become(NONE);
      },
      start: () => {
        world.become(running(Date.now()));
        return Promise.resolve();
      },
    };
    open();
    await see('healthy');
    await restartChroma(window, START);
    await stopChroma(window);
    // What came late is heard before the last look.
    await window.observe();
    assert.deepEqual(shown, [
      'checking',
      'healthy',
      'stopping',
      'starting',
      'healthy',
      'stopping',
      'stopped',
    ]);
  });

  it('is told as what another window does, until that is done and seen, or its process is gone', async () => {
    world.become(running());
    open();
    await see('healthy');
    const folder = workspaceDataFolder(fixture.workspace);
    await mkdir(folder, { recursive: true });
    const processes = new LockProcesses(await mkdtemp(join(tmpdir(), 'chroma-tls-lock-')));
    await processes.prepare();
    try {
      const lock = join(folder, 'start.lock');
      const stopping = await processes.hold(lock, 'stopping');
      await see('stopping');
      world.become(exited(137));
      await window.observe();
      world.become(NONE);
      stopping.send('release');
      await see('stopped');
      const starting = await processes.hold(lock, 'starting');
      await see('starting');
      world.become(running(Date.now()));
      await see('healthy');
      world.become(exited(137));
      await see('starting');
      starting.kill('SIGKILL');
      await see('failed');
      assert.deepEqual(shown, [
        'checking',
        'healthy',
        'stopping',
        'stopped',
        'starting',
        'healthy',
        'starting',
        'failed',
      ]);
    } finally {
      processes.endAll();
    }
  });

  it('has no other certificate’s failure while one is replaced, with its authority', async () => {
    world.become(running());
    script = {
      reload: async (isServed) => {
        assert.equal(await isServed(), false);
        const { certificate, key } = fixture.files;
        tls.server.setSecureContext({
          cert: await readFile(certificate),
          key: await readFile(key),
        });
        return isServed();
      },
    };
    open();
    await see('healthy');
    const generating = fixture.generate({ keepAuthorityKey: false });
    // A window looks at every change of a file.
    let looks = 0;
    const looking = (async () => {
      while (shown.filter((state) => state === 'checking').length < 2) {
        await window.refreshProject();
        looks += 1;
      }
    })();
    await generating;
    await looking;
    await see('healthy');
    assert.ok(looks > 0);
    assert.deepEqual(shown, ['checking', 'healthy', 'checking', 'healthy']);
  });

  it('has a good server stay one under a domain that is no name, and tells the cure', async () => {
    world.become(running());
    open();
    await see('healthy');
    const env = join(fixture.workspace, '.env');
    await writeFile(env, 'CHROMA_DOMAIN=a b\n');
    await window.refreshProject();
    await see('degraded');
    const status = deriveStatus(window.snapshot, Date.now());
    assert.ok(status.state === 'degraded');
    assert.deepEqual(
      status.problems.map(({ code }) => code),
      ['invalid-name'],
    );
    await writeFile(env, 'CHROMA_DOMAIN=localhost\n');
    await window.refreshProject();
    await see('healthy');
    assert.deepEqual(
      shown.filter((state) => state !== 'checking'),
      ['healthy', 'degraded', 'healthy'],
    );
  });
});
