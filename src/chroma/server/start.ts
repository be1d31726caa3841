import { noteLocation } from '../../project/workspace-location.ts';
import { isCancellation, toProblem } from '../../system/errors.ts';
import type { Settings } from '../../project/settings.ts';
import { resolveInWorkspace } from '../../project/workspace-path.ts';
import type { Choice } from '../runtimes/runtime-choice.ts';
import { explainNotOurs } from '../runtimes/external.ts';
import { noteRuntime } from '../runtimes/last-runtime.ts';
import type { AcceptChange } from '../runtimes/runtime-change.ts';
import type { Runtime, StartContext, StartStep } from '../runtimes/runtime.ts';
import { holdStartLock } from '../start-lock.ts';
import { STARTUP_GRACE } from '../status/derive-status.ts';
import type { Failure } from '../status/snapshot.ts';
import { agreeOnRuntime } from './agree-on-runtime.ts';
import { explainSilence, isHeard } from './first-heartbeat.ts';
import { judgeRunning } from './running-server.ts';
import { makeCertificate, refuseUnverifiable } from './server-certificate.ts';
import type { Server } from './server.ts';
import { askLater, askOutside, waitForAnswer } from './start-questions.ts';

export interface StartOptions extends Omit<StartContext, 'report'> {
  readonly acceptChange: AcceptChange;
  /** The runtime, where the user has agreed to it already. */
  readonly agreed?: Choice;
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
    start.report({ kind: 'waiting', text });
  };
  start.report({ kind: 'choosing' });
  let failure: Failure | undefined;
  try {
    // It reads the passphrase of the key, for which a keyring may ask to be opened.
    await waitForAnswer(signal, () => server.refreshProject());
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

async function startInTurn(server: Server, start: Start): Promise<void> {
  const { environment } = server;
  const { workspace } = environment;
  const { signal, report } = start;
  report({ kind: 'choosing' });
  await server.refreshProject();
  await server.observe();
  if (server.snapshot.observation.kind === 'running') report({ kind: 'heartbeat' });
  const found = await judgeRunning(server, signal);
  if (found.kind === 'verified') return;

  const { runtime, why } = start.agreed ?? (await agreeOnRuntime(environment, start));
  start.runtime = runtime;
  environment.log(why);
  report({ kind: 'choosing', chosen: why });
  const settings = environment.readSettings();
  const certificatesFolder = await prepareCertificate(server, settings, start);
  const keyPassphrase = await readPassphrase(server);
  // Its data will be there, and a folder that is renamed is to find them again.
  await noteLocation(workspace);

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
      },
      start,
    );
    await noteRuntime(workspace, runtime.kind);
    report({ kind: 'heartbeat' });
    await server.observe();
    const isWell = await isHeard(server, runtime, {
      signal,
      until: Date.now() + STARTUP_GRACE,
      isHopeless: ({ transient }) => !transient,
    });
    if (!isWell) throw explainSilence(server.snapshot);
  } catch (error) {
    // A start that is broken off leaves nothing half-way behind.
    if (isCancellation(error)) await runtime.stop().catch(() => undefined);
    throw error;
  }
}

/** @returns the certificates folder, with a certificate in it that clients can verify */
async function prepareCertificate(
  server: Server,
  settings: Settings,
  { signal, report }: Start,
): Promise<string> {
  const { workspace } = server.environment;
  const folder = await resolveInWorkspace(workspace, settings.certificatesFolder);
  if (server.snapshot.certificate.kind === 'none') {
    report({ kind: 'certificate' });
    await makeCertificate(workspace, folder, server.snapshot.domain, settings, signal);
    await server.refreshProject();
  }
  refuseUnverifiable(server.snapshot.certificate, Date.now());
  return folder;
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
