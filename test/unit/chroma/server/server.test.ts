import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Server as HttpsServer } from 'node:https';
import { afterEach, describe, it } from 'mocha';
import type { Runtime } from '../../../../src/chroma/runtimes/runtime.ts';
import type { Observation } from '../../../../src/chroma/server-facts.ts';
import type { Availability } from '../../../../src/containers/availability.ts';
import { Server } from '../../../../src/chroma/server/server.ts';
import { startChroma, type StartOptions } from '../../../../src/workspace/start.ts';
import { wasSaidInTerminal } from '../../../../src/project/bearer-token.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { until } from '../../../harness/until.ts';
import { NONE, running, runtime } from '../runtime-fixture.ts';
import { endServer, generateIn, HEARTBEAT, makeWorkspace, serveTls } from '../tls-fixture.ts';

/** What a start asks, where it may do nothing that it asks for. */
const REFUSING: StartOptions = {
  signal: new AbortController().signal,
  consent: () => Promise.resolve(false),
  note: () => undefined,
  acceptChange: () => Promise.resolve('refuse'),
};

describe('a server with data', () => {
  it('is not started elsewhere because its engine is down', async () => {
    const workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-server-'));
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    const missing = (code: string): Availability => ({
      available: false,
      problem: { code, what: `${code}.` },
    });
    let engine: Availability = { available: true, seen: 'docker 28' };
    const compose = {
      ...runtime('compose', NONE),
      check: () => Promise.resolve(missing('compose-no-file')),
    };
    const docker = { ...runtime('docker', NONE), check: () => Promise.resolve(engine) };
    const server = new Server({
      workspace,
      readSettings: () => DEFAULT_SETTINGS,
      runtimes: [runtime('local', NONE), docker, compose],
      log: () => undefined,
      keyPassphrase: () => Promise.resolve(undefined),
    });
    const start = (): Promise<void> => startChroma(server, REFUSING);
    // Nothing serves here, but it was the engine's.
    await assert.rejects(start(), { code: 'no-heartbeat' });
    engine = missing('docker-not-running');
    await assert.rejects(start(), { code: 'docker-not-running' });
  });
});

describe('a server that asked for a token, and failed', () => {
  async function tokenOf(isTokenUnsaid: boolean): Promise<string | undefined> {
    const workspace = await makeWorkspace();
    await generateIn(workspace);
    const seen = running('docker');
    assert.equal(seen.kind, 'running');
    const facts = { ...seen.server, asksForToken: true } as const;
    let given: string | undefined;
    const docker: Runtime = {
      ...runtime('docker', { kind: 'exited', server: facts, part: 'Chroma server', lastLog: [] }),
      start: ({ token }) => {
        given = token;
        return Promise.reject(new Error('seen enough'));
      },
    };
    const server = new Server({
      workspace,
      readSettings: () => ({ ...DEFAULT_SETTINGS, runtime: 'docker' }),
      runtimes: [docker],
      log: () => undefined,
      keyPassphrase: () => Promise.resolve(undefined),
    });
    const started = startChroma(server, {
      ...REFUSING,
      isTokenUnsaid,
    });
    await assert.rejects(started, /seen enough/);
    return given;
  }

  it('goes on to ask, unless it is said that it shall not', async () => {
    assert.match((await tokenOf(true)) ?? '', /^[0-9a-f]{64}$/);
    assert.equal(await tokenOf(false), undefined);
  });
});

describe('a token that a terminal asked for', () => {
  it('is noted until a start is told otherwise, or the editor starts', async () => {
    const workspace = await makeWorkspace();
    await generateIn(workspace);
    const start = async (
      token: 'generated' | 'none',
      isTokenUnsaid?: boolean,
    ): Promise<boolean> => {
      const server = new Server({
        workspace,
        readSettings: () => ({ ...DEFAULT_SETTINGS, runtime: 'docker', token }),
        runtimes: [runtime('docker', NONE)],
        log: () => undefined,
        keyPassphrase: () => Promise.resolve(undefined),
      });
      const started = startChroma(server, {
        ...REFUSING,
        ...(isTokenUnsaid === undefined ? {} : { isTokenUnsaid }),
      });
      // Nothing serves here, but it was started.
      await assert.rejects(started, { code: 'no-heartbeat' });
      return wasSaidInTerminal(workspace);
    };
    assert.equal(await start('generated'), false);
    assert.equal(await start('generated', false), true);
    assert.equal(await start('none', true), false);
    assert.equal(await start('generated', false), true);
    assert.equal(await start('generated'), false);
  });
});

describe('what is known of a server', () => {
  it('is the answer to the last question, even if that to an earlier one comes later', async () => {
    const answers: ((seen: Observation) => void)[] = [];
    const engine: Runtime = {
      ...runtime('docker', NONE),
      observe: () => new Promise((answer) => answers.push(answer)),
    };
    const server = new Server({
      workspace: '/workspace',
      readSettings: () => DEFAULT_SETTINGS,
      runtimes: [engine],
      log: () => undefined,
      keyPassphrase: () => Promise.resolve(undefined),
    });
    const earlier = server.observe();
    await until('the earlier question is asked', () => answers.length === 1);
    const later = server.observe();
    await until('the later question is asked', () => answers.length === 2);
    answers[1]?.(NONE);
    await later;
    answers[0]?.(running('docker'));
    await earlier;
    assert.deepEqual(server.snapshot.observation, NONE);
  });
});

describe('a poll', () => {
  const endings: (() => void)[] = [];
  afterEach(() => {
    for (const end of endings.splice(0)) end();
  });

  /** A server of a folder with a certificate, which runs where this listener answers. */
  async function serverThatRuns(
    listener: RequestListener,
    observe?: (seen: Observation) => Promise<Observation>,
    others: readonly Runtime[] = [],
  ): Promise<{ server: Server; https: HttpsServer }> {
    const workspace = await makeWorkspace();
    const { server: https, port } = await serveTls(await generateIn(workspace), listener);
    const facts = { id: '1', runtime: 'docker', tls: 'nginx', bindAddress: '127.0.0.1' } as const;
    const seen: Observation = { kind: 'running', server: { ...facts, port, startedAt: 1 } };
    const server = new Server({
      workspace,
      readSettings: () => DEFAULT_SETTINGS,
      runtimes: [
        { ...runtime('docker', seen), ...(observe ? { observe: () => observe(seen) } : {}) },
        ...others,
      ],
      log: () => undefined,
      keyPassphrase: () => Promise.resolve(undefined),
    });
    endings.push(() => {
      server.dispose();
      endServer(https);
    });
    return { server, https };
  }

  it('is not begun by an answer that comes after the end', async () => {
    let answer = (): void => undefined;
    const isAsked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let beats = 0;
    const { server } = await serverThatRuns(
      (_, response) => {
        beats += 1;
        response.end(HEARTBEAT);
      },
      (seen) => isAsked.then(() => seen),
    );
    server.watch();
    const observed = server.observe();
    server.dispose();
    answer();
    await observed;
    // A poll would have beaten before these, which are asked for one by one.
    await server.probe();
    await server.probe();
    assert.equal(beats, 2);
  });

  it('is not what a cancelled start waits for', async () => {
    const controller = new AbortController();
    const { server } = await serverThatRuns((_, response) => {
      // Never an end, and never a second of silence.
      const timer = setInterval(() => response.write(' '), 20);
      response.once('close', () => {
        clearInterval(timer);
      });
      controller.abort();
    });
    const started = startChroma(server, {
      ...REFUSING,
      signal: controller.signal,
    });
    await assert.rejects(started, { name: 'AbortError' });
  });

  it('is enough for a start, which then asks no engine any more which would hang', async () => {
    let asked: AbortSignal | undefined;
    const hanging: Runtime = {
      ...runtime('compose', NONE),
      check: (signal) => {
        asked = signal;
        return new Promise(() => undefined);
      },
    };
    const { server } = await serverThatRuns((_, response) => response.end(HEARTBEAT), undefined, [
      hanging,
    ]);
    await startChroma(server, REFUSING);
    assert.equal(asked?.aborted, true);
  });
});
