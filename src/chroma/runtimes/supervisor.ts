import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { certificateFiles, replaceFile } from '../../certificates/files.ts';
import { systemCode } from '../../errors.ts';
import { watchPath } from '../../folder-watch.ts';
import { openFront, type EmbeddedFront } from '../../proxy/embedded.ts';
import { connectControl } from './control-socket.ts';
import { endTree } from './process-tree.ts';
import type { ServerFacts } from './runtime.ts';
import { endProgram, startProgram } from './supervised-program.ts';
import { openControl } from './supervisor-control.ts';
import { REFUSALS, type ExitRecord, type SupervisorPlan } from './supervisor-plan.ts';
import { startWatchdog } from './watchdog.ts';

/**
 * Runs a program, and the TLS front for it where it has none of its own, until the program ends, it
 * is told to stop, or nobody holds it any more.
 *
 * @param distFolder where our bundles lie
 */
export async function runSupervisor(planJson: string, distFolder: string): Promise<void> {
  const plan = JSON.parse(planJson) as SupervisorPlan;
  if (await connectControl(plan.control)) process.exit(REFUSALS.alreadyThere);
  const server: ServerFacts = {
    ...plan.server,
    id: `${process.pid}@${Date.now()}`,
    startedAt: Date.now(),
  };
  const front =
    plan.upstreamPort === undefined ? undefined : await openOrExit(plan, plan.upstreamPort);
  const watchdog = startWatchdog(join(distFolder, 'watchdog.js'));
  const child = startProgram(plan);
  // From the first moment on: it may have ended before anybody can ask for it.
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(code ?? (signal === 'SIGKILL' ? 137 : 143));
    });
  });
  if (child.pid !== undefined) watchdog.watch(child.pid);
  let stopping = false;
  const end = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    front?.close();
    await endProgram(child);
    watchdog.dispose();
    await closeControl();
    process.exit(0);
  };
  const closeControl = await openControl({
    path: plan.control,
    server,
    held: plan.held,
    stop: () => void end(),
  });
  void ended.then((exitCode) => {
    if (stopping) return;
    void recordExit(plan.exitFile, { server, part: 'Chroma server', exitCode })
      .then(() => (child.pid === undefined ? undefined : endTree(child.pid)))
      .then(closeControl)
      .finally(() => {
        watchdog.dispose();
        process.exit(1);
      });
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => void end());
  }
  if (front) renewOnChange(plan.certificatesFolder, front);
}

async function openOrExit(
  { certificatesFolder, keyPassPhrase, server }: SupervisorPlan,
  upstreamPort: number,
): Promise<EmbeddedFront> {
  const files = certificateFiles(certificatesFolder);
  try {
    return await openFront({
      address: server.bindAddress,
      port: server.port,
      upstreamPort,
      certificate: await readFile(files.certificate, 'utf8'),
      key: await readFile(files.key, 'utf8'),
      passPhrase: keyPassPhrase,
    });
  } catch (error) {
    const isTaken = systemCode(error) === 'EADDRINUSE';
    return process.exit(isTaken ? REFUSALS.portTaken : REFUSALS.unusableCertificate);
  }
}

/** Best effort: whether it can be kept or not, what the program has started is to be ended. */
async function recordExit(file: string | undefined, record: ExitRecord): Promise<void> {
  if (file === undefined) return;
  await replaceFile(file, JSON.stringify(record), 0o600).catch(() => undefined);
}

/** A renewed certificate is served from the next connection on, without a restart. */
function renewOnChange(certificatesFolder: string, front: EmbeddedFront): void {
  const files = certificateFiles(certificatesFolder);
  let timer: NodeJS.Timeout | undefined;
  watchPath(certificatesFolder, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      Promise.all([readFile(files.certificate, 'utf8'), readFile(files.key, 'utf8')])
        .then(([certificate, key]) => {
          front.renew(certificate, key);
        })
        // Half a pair in mid-change: the one that is served stays until the next change.
        .catch(() => undefined);
    }, 300);
  });
}
