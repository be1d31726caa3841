import { join } from 'node:path';
import type { ChallengeCertificate } from '../../certificates/public/acme/responders/challenge-certificate.ts';
import { certificateFiles } from '../../project/certificate-files.ts';
import { systemCode } from '../../system/errors.ts';
import type { Disposable } from '../../system/events.ts';
import { watchPath } from '../../system/files/folder-watch.ts';
import { openProxy, type EmbeddedProxy } from '../../proxy/embedded.ts';
import { readServedFiles } from '../../proxy/served-files.ts';
import { readJson } from '../../system/json.ts';
import { quietly } from '../../system/quietly.ts';
import { identifySelf } from '../../system/processes/process-identity.ts';
import { removeExitRecord, writeExitRecord } from './exit-record.ts';
import { endTree } from '../../system/processes/process-tree.ts';
import type { ServerFacts } from '../server-facts.ts';
import { endProgram, startProgram } from './supervised-program.ts';
import { openControl } from './holders.ts';
import { REFUSALS, SUPERVISOR_PLAN, type SupervisorPlan } from './supervisor-plan.ts';
import { startWatchdog } from './run-watchdog.ts';

/**
 * Runs a program, and the TLS proxy for it where it has none of its own, until the program ends, it
 * is told to stop, or nobody holds it any more.
 *
 * @param distFolder where our bundles lie
 */
export async function runSupervisor(planJson: string, distFolder: string): Promise<void> {
  const plan = readJson(SUPERVISOR_PLAN, planJson);
  if (!plan) process.exit(REFUSALS.unreadablePlan);
  let end = (): void => process.exit(0);
  let prove: (answer: ChallengeCertificate) => Disposable | undefined = () => undefined;
  const control = await openControl({
    path: plan.control,
    held: plan.held,
    stop: () => {
      end();
    },
    prove: (answer) => quietly(() => prove(answer)),
  });
  // This comes first: of two supervisors only one may go on to the port and the data.
  if (!control) process.exit(REFUSALS.alreadyThere);
  const leave = (code: number): never => {
    control.close();
    process.exit(code);
  };
  const proxy = plan.upstreamPort === undefined ? undefined : await openPort(plan, leave);
  prove = (answer) => proxy?.prove(answer);
  const server: ServerFacts = {
    ...plan.server,
    id: `${process.pid}@${Date.now()}`,
    startedAt: Date.now(),
  };
  const record = await keepRecord(plan.exitFile, server);
  const watchdog = startWatchdog(join(distFolder, 'watchdog.js'));
  const child = startProgram(plan);
  // Listened to at once, because the program may end right away.
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(code ?? (signal === 'SIGKILL' ? 137 : 143));
    });
  });
  if (child.pid !== undefined) watchdog.watch(child.pid);
  let stopping = false;
  end = () => {
    if (stopping) return;
    stopping = true;
    proxy?.close();
    void endProgram(child)
      .then(record.remove)
      .finally(() => {
        watchdog.dispose();
        leave(0);
      });
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
  process.once('uncaughtException', () => {
    // The watchdog ends the program.
    void record.write('supervisor', 1).finally(() => leave(1));
  });
  void ended.then((exitCode) => {
    if (stopping) return;
    void record
      .write('Chroma server', exitCode)
      .then(() => (child.pid === undefined ? undefined : endTree(child.pid)))
      .finally(() => {
        watchdog.dispose();
        leave(1);
      });
  });
  control.greet(server);
  if (proxy) reloadOnChange(plan.certificatesFolder, proxy);
}

async function openPort(
  { certificatesFolder, keyPassphrase, tokenHash, server, upstreamPort }: SupervisorPlan,
  leave: (code: number) => never,
): Promise<EmbeddedProxy> {
  const { corsOrigins = [] } = server;
  const hasRules = tokenHash !== undefined || corsOrigins.length > 0;
  try {
    return await openProxy({
      address: server.bindAddress,
      port: server.port,
      upstreamPort: upstreamPort ?? 0,
      ...(await readServedFiles(certificateFiles(certificatesFolder))),
      passphrase: keyPassphrase,
      rules: hasRules
        ? { corsOrigins, ...(tokenHash === undefined ? {} : { tokenHash }) }
        : undefined,
    });
  } catch (error) {
    const isTaken = systemCode(error) === 'EADDRINUSE';
    return leave(isTaken ? REFUSALS.portTaken : REFUSALS.unusableCertificate);
  }
}

interface LastWord {
  /** Records how it ended. */
  readonly write: (part: string, exitCode: number) => Promise<void>;
  /** Removes the record, because the end was asked for. */
  readonly remove: () => Promise<void>;
}

/** Records at the start that the supervisor was killed: afterwards nobody could. */
async function keepRecord(file: string, server: ServerFacts): Promise<LastWord> {
  const supervisor = await identifySelf();
  const write = (part: string, exitCode?: number): Promise<void> =>
    writeExitRecord(file, {
      server,
      part,
      ...(exitCode === undefined ? {} : { exitCode }),
      supervisor,
      // A full disk must not stop the server from running or ending.
    }).catch(() => undefined);
  await write('supervisor');
  return { write, remove: () => removeExitRecord(file).catch(() => undefined) };
}

/** A new certificate is served from the next connection on, without a restart. */
function reloadOnChange(certificatesFolder: string, proxy: EmbeddedProxy): void {
  const files = certificateFiles(certificatesFolder);
  let timer: NodeJS.Timeout | undefined;
  watchPath(certificatesFolder, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      readServedFiles(files)
        .then((served) => {
          proxy.reload(served);
        })
        // The files are just being replaced: the served certificate stays until the next change.
        .catch(() => undefined);
    }, 300);
  });
}
