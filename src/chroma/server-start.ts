import { setTimeout as pause } from 'node:timers/promises';
import { notePlace } from '../certificates/note-place.ts';
import type { KeyPassPhrase } from '../certificates/pass-phrase.ts';
import { ExplainedError, isCancellation, toProblem } from '../errors.ts';
import type { Settings } from '../project/settings.ts';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import { agreeOnRuntime } from './agree-on-runtime.ts';
import type { Choice } from './runtimes/choice.ts';
import type { AcceptChange } from './runtimes/runtime-change.ts';
import { noteRuntime } from './runtimes/last-runtime.ts';
import type { Runtime, StartContext, StartStep } from './runtimes/runtime.ts';
import { holdStartLock } from './start-lock.ts';
import { makeCertificate, refuseUnverifiable } from './server-certificate.ts';
import { deriveStatus, STARTUP_GRACE, type Snapshot, type SnapshotEvent } from './status.ts';

export interface StartOptions extends Omit<StartContext, 'report'> {
  readonly acceptChange: AcceptChange;
  /** The runtime, where the person has agreed to it already. */
  readonly agreed?: Choice;
}

/** What a start needs of the one who owns the state. */
export interface StartPorts {
  readonly workspace: string;
  readonly readSettings: () => Settings;
  readonly runtimes: readonly Runtime[];
  readonly log: (line: string) => void;
  readonly keyPassPhrase: KeyPassPhrase;
  readonly snapshot: () => Snapshot;
  readonly apply: (event: SnapshotEvent) => void;
  readonly refreshProject: () => Promise<void>;
  readonly observe: () => Promise<void>;
  readonly probe: (signal: AbortSignal) => Promise<void>;
}

type Report = (step: StartStep) => void;

/** The runtime that a start has come to; its log may say why the start failed. */
interface Turn {
  runtime?: Runtime | undefined;
}

/**
 * Makes a certificate if there is none, picks the runtime, starts, and waits for the first verified
 * heartbeat. One window or terminal does so at a time, and looks when it is its turn whether a server
 * is up already.
 *
 * @throws ExplainedError, also kept in the snapshot; AbortError when cancelled
 */
export async function bringUp(ports: StartPorts, options: StartOptions): Promise<void> {
  const turn: Turn = {};
  const report: Report = (step) => {
    ports.apply({ kind: 'operation', operation: { kind: 'starting', step } });
  };
  const waiting = (text: string): void => {
    report({ kind: 'waiting', text });
  };
  report({ kind: 'choosing' });
  try {
    await holdStartLock(
      ports.workspace,
      { doing: 'starting', signal: options.signal, waiting },
      () => startInTurn(ports, options, report, turn),
    );
    ports.apply({ kind: 'operation', operation: undefined });
  } catch (error) {
    await giveUp(ports, error, turn.runtime);
    throw error;
  }
}

async function startInTurn(
  ports: StartPorts,
  options: StartOptions,
  report: Report,
  turn: Turn,
): Promise<void> {
  report({ kind: 'choosing' });
  await ports.refreshProject();
  await ports.observe();
  turn.runtime = runningOne(ports);
  if (turn.runtime) {
    report({ kind: 'heartbeat' });
    await awaitHeartbeat(ports, turn.runtime, options.signal);
    return;
  }
  let isOurs = false;
  try {
    turn.runtime = choose(options.agreed ?? (await agreeOnRuntime(ports, options)), ports, report);
    const settings = ports.readSettings();
    const certificatesFolder = await prepareCertificate(ports, settings, options.signal, report);
    const keyPassPhrase = await passPhraseOf(ports);
    // Its data will be there, and a folder that is renamed is to find them again.
    await notePlace(ports.workspace);
    isOurs = true;
    await turn.runtime.start(
      {
        workspace: ports.workspace,
        certificatesFolder,
        settings,
        ...(keyPassPhrase === undefined ? {} : { keyPassPhrase }),
      },
      { ...options, report },
    );
    await noteRuntime(ports.workspace, turn.runtime.kind);
    report({ kind: 'heartbeat' });
    await ports.observe();
    await awaitHeartbeat(ports, turn.runtime, options.signal);
  } catch (error) {
    // A start that is broken off leaves nothing half-way behind; a server that was there stays.
    if (isCancellation(error) && isOurs) await turn.runtime?.stop().catch(() => undefined);
    throw error;
  }
}

/** The runtime whose server is up already, whoever started it. */
function runningOne({ snapshot, runtimes }: StartPorts): Runtime | undefined {
  const { observation } = snapshot();
  if (observation.kind !== 'running') return undefined;
  return runtimes.find(({ kind }) => kind === observation.server.runtime);
}

function choose(
  { runtime, why }: Choice,
  { log }: StartPorts,
  report: (step: StartStep) => void,
): Runtime {
  log(why);
  report({ kind: 'choosing', chosen: why });
  return runtime;
}

/** @returns the certificates folder, with a certificate in it that clients can verify */
async function prepareCertificate(
  { workspace, snapshot, refreshProject }: StartPorts,
  settings: Settings,
  signal: AbortSignal,
  report: Report,
): Promise<string> {
  const folder = await resolveInWorkspace(workspace, settings.certificatesFolder);
  if (snapshot().certificate.kind === 'none') {
    report({ kind: 'certificate' });
    await makeCertificate(workspace, folder, snapshot().domain, settings, signal);
    await refreshProject();
  }
  refuseUnverifiable(snapshot().certificate, Date.now());
  return folder;
}

/** What a server needs to open the key; only asked for where the key has one. */
async function passPhraseOf({
  workspace,
  snapshot,
  keyPassPhrase,
}: StartPorts): Promise<string | undefined> {
  const { certificate } = snapshot();
  const isNeeded = certificate.kind === 'present' && certificate.facts.keyEncrypted;
  return isNeeded ? keyPassPhrase(workspace) : undefined;
}

async function awaitHeartbeat(
  ports: StartPorts,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + STARTUP_GRACE;
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    await ports.probe(signal);
    const { probe, observation } = ports.snapshot();
    if (probe?.ok) return;
    if (observation.kind !== 'running') break;
    if (probe && !probe.failure.transient) break;
    await pause(250, undefined, { signal });
    const seen = await runtime.observe(signal);
    if (seen.kind !== 'running') ports.apply({ kind: 'observed', observation: seen });
  }
  const { operation: _, ...known } = ports.snapshot();
  const status = deriveStatus(known, Date.now());
  if (known.observation.kind !== 'running' && status.state === 'failed') {
    throw new ExplainedError(status.problem);
  }
  const { probe } = known;
  const failure = probe?.ok === false ? probe.failure : undefined;
  throw new ExplainedError({
    code: 'no-heartbeat',
    what: 'The server was started, but gave no verified heartbeat.',
    ...(failure ? { why: failure.message } : {}),
    // No log says what the failure's own cure does.
    ...(failure?.action === 'createComposeFile'
      ? { action: failure.action }
      : { next: 'Its log may say why.', action: 'showLogs' }),
  });
}

async function giveUp(
  ports: StartPorts,
  error: unknown,
  runtime: Runtime | undefined,
): Promise<void> {
  if (!isCancellation(error)) {
    const problem = toProblem(error);
    const lastLog = (await runtime?.readLog(20).catch(() => [])) ?? [];
    ports.log([problem.what, problem.why, problem.details].filter(Boolean).join('\n'));
    ports.apply({ kind: 'failed', failure: { problem, lastLog } });
  }
  ports.apply({ kind: 'operation', operation: undefined });
  await ports.observe();
}
