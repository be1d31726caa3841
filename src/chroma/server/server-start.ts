import { noteLocation } from '../../project/workspace-location.ts';
import { isCancellation, toProblem } from '../../system/errors.ts';
import type { Settings } from '../../project/settings.ts';
import { resolveInWorkspace } from '../../project/workspace-path.ts';
import { agreeOnRuntime } from './agree-on-runtime.ts';
import { explainSilence, isHeard } from './first-heartbeat.ts';
import { judgeRunning } from './running-server.ts';
import type { Choice } from '../runtimes/runtime-choice.ts';
import { noteRuntime } from '../runtimes/last-runtime.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import { makeCertificate, refuseUnverifiable } from './server-certificate.ts';
import { holdStartLock } from '../start-lock.ts';
import type { Report, StartOptions, StartPorts } from './start-ports.ts';
import { STARTUP_GRACE, type Failure } from '../status/status.ts';
import { askLater, askOutside, waitForAnswer } from './start-questions.ts';

/** The runtime that a start has chosen; its log may say why the start failed. */
interface Turn {
  runtime?: Runtime;
}

/**
 * Makes a certificate if there is none, picks the runtime, starts, and waits for the first verified
 * heartbeat. One window or terminal does so at a time, and looks when it is its turn whether a server
 * is up already. None waits for another's user: while one is asked something, it is nobody's turn.
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
  const { signal } = options;
  const inTurn: StartOptions = {
    ...options,
    consent: askLater(options.consent),
    acceptChange: askLater(options.acceptChange),
  };
  try {
    // It reads the passphrase of the key, for which a keyring may ask to be opened.
    await waitForAnswer(signal, ports.refreshProject);
    await askOutside(signal, () =>
      holdStartLock(ports.workspace, { doing: 'starting', signal, waiting }, () =>
        startInTurn(ports, inTurn, report, turn),
      ),
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
  if (ports.snapshot().observation.kind === 'running') report({ kind: 'heartbeat' });
  const found = await judgeRunning(ports, options.signal);
  if (found.kind === 'verified') return;
  let isOurs = false;
  try {
    turn.runtime = choose(options.agreed ?? (await agreeOnRuntime(ports, options)), ports, report);
    const settings = ports.readSettings();
    const certificatesFolder = await prepareCertificate(ports, settings, options.signal, report);
    const keyPassphrase = await passphraseOf(ports);
    // Its data will be there, and a folder that is renamed is to find them again.
    await noteLocation(ports.workspace);
    isOurs = true;
    if (found.kind === 'silent') {
      options.note(found.why);
      await found.runtime.stop(options.signal);
    }
    await turn.runtime.start(
      {
        workspace: ports.workspace,
        certificatesFolder,
        settings,
        ...(keyPassphrase === undefined ? {} : { keyPassphrase }),
      },
      { ...options, report },
    );
    await noteRuntime(ports.workspace, turn.runtime.kind);
    report({ kind: 'heartbeat' });
    await ports.observe();
    const isWell = await isHeard(ports, turn.runtime, {
      signal: options.signal,
      until: Date.now() + STARTUP_GRACE,
      isHopeless: ({ transient }) => !transient,
    });
    if (isWell) return;
    throw explainSilence(ports.snapshot());
  } catch (error) {
    // A start that is broken off leaves nothing half-way behind; a server that was there stays.
    if (isCancellation(error) && isOurs) await turn.runtime?.stop().catch(() => undefined);
    throw error;
  }
}

function choose({ runtime, why }: Choice, { log }: StartPorts, report: Report): Runtime {
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
async function passphraseOf({
  workspace,
  snapshot,
  keyPassphrase,
}: StartPorts): Promise<string | undefined> {
  const { certificate } = snapshot();
  const isNeeded = certificate.kind === 'present' && certificate.facts.keyEncrypted;
  return isNeeded ? keyPassphrase(workspace) : undefined;
}

async function giveUp(
  ports: StartPorts,
  error: unknown,
  runtime: Runtime | undefined,
): Promise<void> {
  let failure: Failure | undefined;
  if (!isCancellation(error)) {
    const problem = toProblem(error);
    const lastLog = (await runtime?.readLog(20).catch(() => [])) ?? [];
    ports.log([problem.what, problem.why, problem.details].filter(Boolean).join('\n'));
    failure = { problem, lastLog };
  }
  // First: until it is seen what is left, nothing but the start is to be told.
  await ports.observe();
  if (failure) ports.apply({ kind: 'failed', failure });
  ports.apply({ kind: 'operation', operation: undefined });
}
