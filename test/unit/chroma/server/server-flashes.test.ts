import assert from 'node:assert/strict';
import type { Server as TlsServer } from 'node:https';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import type { Runtime } from '../../../../src/chroma/runtimes/runtime.ts';
import type { Observation } from '../../../../src/chroma/server-facts.ts';
import { restartChroma } from '../../../../src/workspace/start.ts';
import { Server } from '../../../../src/chroma/server/server.ts';
import { startChroma } from '../../../../src/workspace/start.ts';
import { stopChroma } from '../../../../src/workspace/stop.ts';
import type { State } from '../../../../src/chroma/status/derive-status.ts';
import { Emitter } from '../../../../src/system/events.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { makeWorkspace, type WorkspaceFixture } from '../../certificates/workspace-fixture.ts';
import { NONE, noteStates, runtime } from '../runtime-fixture.ts';
import { endServer, HEARTBEAT, serveTls } from '../tls-fixture.ts';

const START = {
  signal: new AbortController().signal,
  consent: () => Promise.resolve(false),
  acceptChange: () => Promise.resolve('refuse' as const),
  note: () => undefined,
};

/** What may follow a state while a user starts and stops a server that is well. */
const NEXT: Readonly<Partial<Record<State, readonly State[]>>> = {
  checking: ['healthy'],
  healthy: ['checking', 'starting', 'stopping'],
  starting: ['healthy'],
  stopping: ['starting', 'stopped'],
  stopped: ['starting', 'stopping'],
};

describe('in whatever order answers come', () => {
  let fixture: WorkspaceFixture;
  let tls: { readonly server: TlsServer; readonly port: number };

  before(async () => {
    fixture = await makeWorkspace();
    tls = await serveTls(await fixture.generate(), (_, response) => {
      response.end(HEARTBEAT);
    });
  });
  after(() => {
    endServer(tls.server);
  });

  it('no state flashes that nobody brought about', async () => {
    const commands = fc.array(fc.constantFrom('stop', 'start', 'restart', 'refresh'), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), commands, async (scheduler, chosen) => {
        const shown = await play(scheduler, chosen);
        for (const [index, state] of shown.slice(1).entries()) {
          const before = shown[index];
          assert.ok(before && NEXT[before]?.includes(state), shown.join(' → '));
        }
      }),
      { numRuns: 8 },
    );
  });

  /** @returns every state that was shown while a window carried these out, one after the other */
  async function play(scheduler: fc.Scheduler, chosen: readonly string[]): Promise<State[]> {
    const events = new Emitter<undefined>();
    let starts = 0;
    let now: Observation = running();
    const become = async (next: Observation): Promise<void> => {
      await scheduler.schedule(Promise.resolve());
      now = next;
      events.fire(undefined);
    };

    function running(): Observation & { readonly kind: 'running' } {
      const server = { tls: 'nginx', bindAddress: '127.0.0.1', port: tls.port } as const;
      starts += 1;
      return {
        kind: 'running',
        server: { ...server, id: `${starts}`, runtime: 'docker', startedAt: 0 },
      };
    }

    const docker: Runtime = {
      ...runtime('docker', NONE),
      // What was so when it was asked, told when the order has it.
      observe: () => scheduler.schedule(Promise.resolve(now)),
      watch: (changed) => events.event(changed),
      stop: async () => {
        if (now.kind === 'running') {
          const { server } = now;
          const part = 'Chroma server';
          await become({ kind: 'exited', server, part, exitCode: 137, lastLog: [] });
        }
        await become(NONE);
      },
      start: () => become(running()),
    };
    const window = new Server({
      workspace: fixture.workspace,
      readSettings: () => ({ ...DEFAULT_SETTINGS, runtime: 'docker' }),
      runtimes: [docker],
      log: () => undefined,
      keyPassphrase: () => Promise.resolve(undefined),
    });
    const shown = noteStates(window);
    window.watch();
    const work = async (): Promise<void> => {
      await Promise.all([window.refreshProject(), window.observe()]);
      while (shown.at(-1) !== 'healthy') await turn();
      for (const command of chosen) {
        if (command === 'stop') await stopChroma(window);
        else if (command === 'start') await startChroma(window, START);
        else if (command === 'restart') await restartChroma(window, START);
        else await Promise.all([window.observe(), window.refreshProject(), window.observe()]);
      }
    };
    const progress = { isDone: false };
    const working = work().finally(() => {
      progress.isDone = true;
    });
    // Files and sockets take their own time; the scheduler only has the runtime's answers.
    while (!progress.isDone || scheduler.count() > 0) {
      if (scheduler.count() > 0) await scheduler.waitNext(1);
      await turn();
    }
    await working;
    window.dispose();
    return shown;
  }
});
