import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { PASSPHRASE_VARIABLE } from '../../certificates/encoding/passphrase.ts';
import { ExplainedError } from '../../system/errors.ts';
import { findProgram } from '../../system/processes/program-path.ts';
import { run, type Command } from '../../system/processes/program.ts';
import { judgeProcess, type ProcessIdentity } from '../../system/processes/process-identity.ts';
import { explainPortTaken } from '../port-problems.ts';
import { isAnswered } from './control-listen.ts';
import { connectControl, type ControlConnection } from './control-socket.ts';
import { readExitRecord, removeExitRecord } from './exit-record.ts';
import { leaveOut } from './supervised-program.ts';
import { REFUSALS, type SupervisorPlan } from './supervisor-plan.ts';

/** How long (ms) a supervisor may take until it answers, or to end after it was asked to. */
const CONTROL_TIMEOUT = 15_000;

/**
 * Starts a supervisor as a process of its own, which does not end with this one.
 *
 * @throws ExplainedError `port-taken`, `certificate-unusable`, `local-already-there`,
 *   `local-start-failed`
 */
export async function launchSupervisor(
  supervisorFile: string,
  plan: SupervisorPlan,
): Promise<void> {
  const child = spawn(process.execPath, [supervisorFile], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    windowsHide: true,
    // The passphrase is in the plan, not here: the watchdog and the program inherit this
    // environment. Desktop VS Code's own executable is Electron; this makes it the Node.js it
    // contains.
    env: { ...leaveOut(process.env, [PASSPHRASE_VARIABLE]), ELECTRON_RUN_AS_NODE: '1' },
  });
  // A supervisor that ends before it has read everything says why by its exit code.
  child.stdin.on('error', () => undefined).end(JSON.stringify(plan));
  child.unref();
  let exitCode: number | undefined;
  child.once('exit', (code) => {
    exitCode = code ?? 1;
  });
  const deadline = Date.now() + CONTROL_TIMEOUT;
  while (Date.now() < deadline) {
    const control = await connectControl(plan.control);
    control?.close();
    // Another supervisor may answer, which a cancelled start has left behind.
    if (control?.state.server.id.startsWith(`${child.pid}@`)) return;
    if (exitCode === REFUSALS.alreadyThere) throw explainOther();
    if (exitCode === REFUSALS.portTaken) {
      throw await explainPortTaken(plan.server.bindAddress, plan.server.port);
    }
    if (exitCode === REFUSALS.unusableCertificate) throw explainCertificate(plan);
    if (exitCode !== undefined) break;
    await pause(50);
  }
  throw new ExplainedError({
    code: 'local-start-failed',
    what: 'The local server did not start.',
    ...(exitCode === undefined ? {} : { why: `Its process ended with code ${exitCode}.` }),
    next: 'Its log may say why.',
    action: 'showLogs',
  });
}

function explainOther(): ExplainedError {
  return new ExplainedError({
    code: 'local-already-there',
    what: 'Another local server of this workspace started at the same time.',
    why: 'A cancelled start had begun it.',
    next: 'Start again.',
    action: 'startServer',
  });
}

function explainCertificate({ certificatesFolder }: SupervisorPlan): ExplainedError {
  return new ExplainedError({
    code: 'certificate-unusable',
    what: 'The certificate cannot be served.',
    why: `The certificate and key in ${certificatesFolder} cannot be read, or do not belong together.`,
    next: 'Make sure that you own them, or generate them again.',
    action: 'regenerateCertificate',
  });
}

/**
 * Ends the supervisor at a path with all that it runs, and removes its record of how it ended. It
 * does nothing if there is none.
 *
 * @throws ExplainedError `stop-timeout`
 */
export async function stopSupervisor(path: string, exitFile: string): Promise<void> {
  const record = await readExitRecord(exitFile);
  const control = await connectControl(path);
  if (control) await askToEnd(control);
  else if (record) await endFrozen(path, record.supervisor);
  await removeExitRecord(exitFile);
}

async function askToEnd(control: ControlConnection): Promise<void> {
  const ended = new Promise<void>((resolve, reject) => {
    control.onClosed(resolve);
    setTimeout(() => {
      reject(
        new ExplainedError({
          code: 'stop-timeout',
          what: 'The local server does not end.',
          next: 'Try again, or end its process.',
          action: 'showLogs',
        }),
      );
    }, CONTROL_TIMEOUT).unref();
  });
  control.ask({ ask: 'stop' });
  await ended;
}

/**
 * Ends a supervisor that runs but does not answer; its watchdog ends what it has started. This is
 * done only if the process is certainly the supervisor. Otherwise the problem names the process.
 *
 * @throws ExplainedError `stop-timeout` where it still listens
 */
async function endFrozen(path: string, supervisor: ProcessIdentity): Promise<void> {
  const liveness = await judgeProcess(supervisor);
  if (liveness === 'gone') return;
  const isCertain = liveness === 'alive';
  if (isCertain) process.kill(supervisor.pid, 'SIGKILL');
  const deadline = Date.now() + (isCertain ? CONTROL_TIMEOUT : 0);
  // Its sockets close a moment after it has ended.
  while (await isAnswered(path)) {
    if (Date.now() >= deadline) throw explainFrozen(supervisor);
    await pause(50);
  }
}

function explainFrozen({ pid }: ProcessIdentity): ExplainedError {
  return new ExplainedError({
    code: 'stop-timeout',
    what: 'The local server does not end.',
    why: `The process that runs it (${pid}) does not answer.`,
    next: `End process ${pid}, then try again.`,
    action: 'showLogs',
  });
}

/** The command in a form that ends with its parent process, where the system can do that. */
export async function endWithParent(command: Command): Promise<Command> {
  if (process.platform !== 'linux') return command;
  const setpriv = await findProgram('setpriv');
  const trial = await findProgram('true');
  if (setpriv === undefined || trial === undefined) return command;
  const wrap = ({ program, args }: Command): Command => ({
    program: setpriv,
    args: ['--pdeathsig', 'KILL', '--', program, ...args],
  });
  // util-linux has the option since 2.33; BusyBox does not have it.
  const { exitCode } = await run(wrap({ program: trial, args: [] }));
  return exitCode === 0 ? wrap(command) : command;
}
