import { noteSaidInTerminal, provideKeptToken, readKeptToken } from '../project/bearer-token.ts';
import { noteLocation } from '../project/workspace-location.ts';
import { isCancellation, toProblem } from '../system/errors.ts';
import { untilAborted, withController } from '../system/time-limit.ts';
import type { Settings } from '../project/settings.ts';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import { explainNotOurs } from '../chroma/runtimes/external.ts';
import { isPaused, type Observation } from '../chroma/server-facts.ts';
import { noteRuntime, noteStart, type Choice } from '../chroma/runtimes/runtime-choice.ts';
import type { AcceptChange } from '../chroma/runtimes/runtime-change.ts';
import type { Runtime, StartContext, StartStep } from '../chroma/runtimes/runtime.ts';
import { holdStartLock } from '../chroma/start-lock.ts';
import { STARTUP_GRACE } from '../chroma/status/derive-status.ts';
import type { Failure } from '../chroma/status/snapshot.ts';
import { agreeOnRuntime } from '../chroma/server/agree-on-runtime.ts';
import { explainSilence, isHeard } from '../chroma/server/first-heartbeat.ts';
import { judgeRunning } from '../chroma/server/running-server.ts';
import { refuseUnverifiable } from '../chroma/server/server-certificate.ts';
import type { Server } from '../chroma/server/server.ts';
import { askLater, askOutside } from '../chroma/server/start-questions.ts';
import { generateFirst } from './generate.ts';
import { keepStopping } from './stop.ts';

export interface StartOptions extends Omit<StartContext, 'report'> {
  readonly acceptChange: AcceptChange;
  /** The runtime, where the user has agreed to it already. */
  readonly agreed?: Choice;
  /**
   * In a terminal: nobody has said whether to ask for a token, as on a command line without `--token`.
   * Undefined where the settings of the editor say it.
   */
  readonly isTokenUnsaid?: boolean;
}

/** One start: what it was asked for, and the runtime that it has chosen. */
interface Start extends StartOptions {
  readonly report: (step: StartStep) => void;
  /** Its log may say why the start failed. */
  runtime?: Runtime;
}

/**
 * Makes a certificate if there is none, picks the runtime, starts, and waits for the first verified
 * heartbeat. One window or terminal does so at a time, and looks when it is its turn whether a server
 * is up already. While a user is asked something, the turn is free for others.
 *
 * @throws ExplainedError, also kept in the snapshot, but for `not-ours`; AbortError when cancelled
 */
export async function startChroma(server: Server, options: StartOptions): Promise<void> {
  const { workspace, readSettings } = server.environment;
  if (readSettings().runtime === 'external') throw explainNotOurs();
  const { signal } = options;
  const start: Start = {
    ...options,
    consent: askLater(options.consent),
    acceptChange: askLater(options.acceptChange),
    report: (step) => {
      server.apply({ kind: 'operation', operation: { kind: 'starting', step } });
    },
  };
  const waiting = (text: string): void => {
    server.environment.log(text);
    start.report({ kind: 'waiting' });
  };
  start.report({ kind: 'choosing' });
  let failure: Failure | undefined;
  try {
    // It reads the passphrase of the key, for which a keyring may ask to be opened.
    await untilAborted(signal, () => server.refreshProject());
    await askOutside(signal, () =>
      holdStartLock(workspace, { doing: 'starting', signal, waiting }, () =>
        startInTurn(server, start),
      ),
    );
  } catch (error) {
    failure = isCancellation(error) ? undefined : await describeFailedStart(server, start, error);
    // Before the operation ends: until it is seen what is left, only the start is told.
    await server.observe();
    throw error;
  } finally {
    if (failure) server.apply({ kind: 'failed', failure });
    server.apply({ kind: 'operation', operation: undefined });
  }
}

/**
 * Stops the server and starts it again.
 *
 * @throws those of `startChroma` and `stopChroma`
 */
export async function restartChroma(server: Server, options: StartOptions): Promise<void> {
  const { environment } = server;
  if (environment.readSettings().runtime === 'external') throw explainNotOurs();
  // Where nothing was seen, a start clears away by itself whatever may be in its way.
  if (server.snapshot.observation.kind === 'none') return startChroma(server, options);
  // Asked before the stop: a user who would rather keep the data keeps the server.
  const agreed = await agreeOnRuntime(environment, options);
  try {
    await keepStopping(server, options.signal);
    await startChroma(server, { ...options, agreed });
  } catch (error) {
    server.apply({ kind: 'operation', operation: undefined });
    throw error;
  }
}

/** The runtime is chosen while it is looked what there is; the choice counts only where nothing runs. */
async function startInTurn(server: Server, start: Start): Promise<void> {
  await withController(start.signal, async (choice) => {
    const choosing =
      start.agreed ?? agreeOnRuntime(server.environment, { ...start, signal: choice.signal });
    Promise.resolve(choosing).catch(() => undefined);
    try {
      await startUnlessVerified(server, start, choosing);
    } finally {
      // An engine that hangs would be asked on, after all is done.
      choice.abort();
    }
  });
}

async function startUnlessVerified(
  server: Server,
  start: Start,
  choosing: Choice | Promise<Choice>,
): Promise<void> {
  const { environment } = server;
  const { workspace } = environment;
  const { signal, report } = start;
  report({ kind: 'choosing' });
  await Promise.all([server.refreshProject(), server.observe()]);
  await goOnIfPaused(server, signal);
  if (server.snapshot.observation.kind === 'running') report({ kind: 'heartbeat' });
  const { observation: former } = server.snapshot;
  const found = await judgeRunning(server, signal);
  if (found.kind === 'verified') return;

  const { runtime, why } = await choosing;
  start.runtime = runtime;
  environment.log(why);
  const settings = keepAsking(environment.readSettings(), former, start);
  const certificatesFolder = await prepareCertificate(server, settings, start);
  const keyPassphrase = await readPassphrase(server);
  const token = settings.token === 'generated' ? await provideKeptToken(workspace) : undefined;
  // Its data will be there, and a folder that is renamed is to find them again.
  await noteLocation(workspace);
  await noteStart(workspace);

  try {
    if (found.kind === 'silent') {
      start.note(found.why);
      await found.runtime.stop(signal);
    }
    await runtime.start(
      {
        workspace,
        certificatesFolder,
        settings,
        ...(keyPassphrase === undefined ? {} : { keyPassphrase }),
        ...(token === undefined ? {} : { token }),
      },
      start,
    );
    await noteRuntime(workspace, runtime.kind);
    const isInTerminal = start.isTokenUnsaid !== undefined && runtime.kind !== 'compose';
    await noteSaidInTerminal(workspace, isInTerminal && token !== undefined);
    const { forgetLastRun } = await import('../chroma/server/last-run.ts');
    await forgetLastRun(workspace);
    report({ kind: 'heartbeat' });
    await server.observe();
    const isWell = await isHeard(server, runtime, {
      signal,
      until: Date.now() + STARTUP_GRACE,
      isHopeless: ({ transient }) => !transient,
    });
    if (!isWell) throw explainSilence(server.snapshot);
    if (start.isTokenUnsaid === true && token === undefined && runtime.kind !== 'compose') {
      await noteOpenness(workspace, start);
    }
  } catch (error) {
    // A start that is broken off leaves nothing half-way behind.
    if (isCancellation(error)) await runtime.stop().catch(() => undefined);
    throw error;
  }
}

/** A server that asks for a token, and failed, is not opened to everyone by a start that says nothing of it. */
function keepAsking(settings: Settings, former: Observation, { isTokenUnsaid }: Start): Settings {
  const asked = former.kind !== 'none' && former.server.asksForToken === true;
  return isTokenUnsaid === true && asked ? { ...settings, token: 'generated' } : settings;
}

async function noteOpenness(workspace: string, { note }: Start): Promise<void> {
  if ((await readKeptToken(workspace)) === undefined) return;
  note('It asks for no token now, as an earlier one did. To have it ask: start --token generated.');
}

/** A paused server has all it needs: it is not made again. */
async function goOnIfPaused(server: Server, signal: AbortSignal): Promise<void> {
  const { observation } = server.snapshot;
  if (!isPaused(observation)) return;
  const { runtime: kind } = observation.server;
  await server.environment.runtimes.find((one) => one.kind === kind)?.unpause?.(signal);
  await server.observe();
}

/** @returns the certificates folder, with a certificate in it that clients can verify */
async function prepareCertificate(
  server: Server,
  settings: Settings,
  { signal, report }: Start,
): Promise<string> {
  const { workspace } = server.environment;
  const certificatesFolder = await resolveInWorkspace(workspace, settings.certificatesFolder);
  const { certificate, domain } = server.snapshot;
  if (certificate.kind === 'none') {
    report({ kind: 'certificate' });
    await generateFirst({ workspace, settings, certificatesFolder, domain, server }, signal);
  }
  refuseUnverifiable(server.snapshot.certificate, Date.now());
  return certificatesFolder;
}

/** What a server needs to open the key; only asked for where the key has one. */
async function readPassphrase({ snapshot, environment }: Server): Promise<string | undefined> {
  const { certificate } = snapshot;
  const isNeeded = certificate.kind === 'present' && certificate.facts.keyEncrypted;
  return isNeeded ? environment.keyPassphrase(environment.workspace) : undefined;
}

async function describeFailedStart(
  { environment }: Server,
  { runtime }: Start,
  error: unknown,
): Promise<Failure> {
  const problem = toProblem(error);
  environment.log([problem.what, problem.why, problem.details].filter(Boolean).join('\n'));
  return { problem, lastLog: (await runtime?.readLog(20).catch(() => [])) ?? [] };
}
