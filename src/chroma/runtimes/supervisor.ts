import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, watch } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { certificateFiles } from '../../certificates/files.ts';
import { systemCode } from '../../errors.ts';
import { openFront } from '../../proxy/embedded.ts';
import { connectControl, type SupervisorRequest } from './control-socket.ts';
import type { ServerFacts } from './runtime.ts';

/** Everything a supervisor needs; handed over as its one argument. Nothing in it is secret. */
export interface SupervisorPlan {
  /** Where it listens for windows and the CLI. */
  readonly control: string;
  readonly certificatesFolder: string;
  /** What the front is for: the server itself, or what lives as long as a server elsewhere does. */
  readonly program: string;
  readonly args: readonly string[];
  /** The program's working directory. */
  readonly folder: string;
  /** What the program prints. */
  readonly logFile: string;
  /** Where it is told how the program ended; none where the runtime knows that by itself. */
  readonly exitFile?: string;
  readonly upstreamPort: number;
  readonly server: Omit<ServerFacts, 'id' | 'startedAt'>;
  /** True: end soon after the last window that holds it. False: live until told to stop. */
  readonly held: boolean;
}

export interface ExitRecord {
  readonly server: ServerFacts;
  readonly part: string;
  readonly exitCode: number;
}

/** How long (ms) a held server waits for a window to come back: a reload takes a few seconds. */
const HOLD_GRACE = 20_000;
/** How long (ms) the program has to finish its writes. */
const STOP_GRACE = 5000;

/**
 * Runs a program and the TLS front for it in this process, until the program ends, it is told to
 * stop, or nobody holds it any more. Exit code 3: the port is taken. 4: another supervisor is there.
 */
export async function runSupervisor(planJson: string): Promise<void> {
  const plan = JSON.parse(planJson) as SupervisorPlan;
  if (await connectControl(plan.control)) process.exit(4);
  const server: ServerFacts = {
    ...plan.server,
    id: `${process.pid}@${Date.now()}`,
    startedAt: Date.now(),
  };
  const front = await openFrontOrExit(plan);
  const child = spawnProgram(plan);
  let stopping = false;
  const end = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    front.close();
    await endChild(child);
    await closeControl();
    process.exit(0);
  };
  const closeControl = await openControl(plan, server, () => void end());
  child.once('exit', (code, signal) => {
    if (stopping) return;
    void recordExit(plan.exitFile, {
      server,
      part: 'Chroma server',
      exitCode: code ?? (signal === 'SIGKILL' ? 137 : 143),
    })
      .then(closeControl)
      .finally(() => process.exit(1));
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => void end());
  }
  renewOnChange(plan, front);
}

type Front = Awaited<ReturnType<typeof openFront>>;

async function openFrontOrExit(plan: SupervisorPlan): Promise<Front> {
  const files = certificateFiles(plan.certificatesFolder);
  try {
    return await openFront({
      address: plan.server.bindAddress,
      port: plan.server.port,
      upstreamPort: plan.upstreamPort,
      certificate: await readFile(files.certificate, 'utf8'),
      key: await readFile(files.key, 'utf8'),
    });
  } catch (error) {
    return process.exit(systemCode(error) === 'EADDRINUSE' ? 3 : 1);
  }
}

async function recordExit(file: string | undefined, record: ExitRecord): Promise<void> {
  if (file !== undefined) await writeFile(file, JSON.stringify(record), { mode: 0o600 });
}

function spawnProgram(plan: SupervisorPlan): ChildProcess {
  const log = createWriteStream(plan.logFile, { flags: 'w', mode: 0o600 });
  const child = spawn(plan.program, plan.args, {
    cwd: plan.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  child.once('error', (error) => {
    log.end(`${error.message}\n`, () => child.emit('exit', 127, null));
  });
  return child;
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE);
  await ended;
  clearTimeout(timer);
}

/** Listens for windows and the CLI; says who we are, takes "stop" and "hold". */
async function openControl(
  plan: SupervisorPlan,
  server: ServerFacts,
  stop: () => void,
): Promise<() => Promise<void>> {
  const path = plan.control;
  const open = new Set<Socket>();
  const holders = new Set<Socket>();
  let timer: NodeJS.Timeout | undefined;
  const letGoLater = (): void => {
    if (plan.held && holders.size === 0) timer = setTimeout(stop, HOLD_GRACE);
  };
  const control = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      open.delete(socket);
      if (holders.delete(socket)) letGoLater();
    });
    socket.write(`${JSON.stringify({ server })}\n`);
    createInterface({ input: socket }).on('line', (line) => {
      const { ask } = JSON.parse(line) as SupervisorRequest;
      if (ask === 'stop') {
        stop();
      } else {
        holders.add(socket);
        clearTimeout(timer);
      }
    });
  });
  if (process.platform !== 'win32') await rm(path, { force: true });
  await new Promise<void>((resolve) => control.listen(path, resolve));
  letGoLater();
  return async () => {
    control.close();
    for (const socket of open) socket.destroy();
    if (process.platform !== 'win32') await rm(path, { force: true });
  };
}

/** A renewed certificate is served from the next connection on, without a restart. */
function renewOnChange(plan: SupervisorPlan, front: Front): void {
  const files = certificateFiles(plan.certificatesFolder);
  let timer: NodeJS.Timeout | undefined;
  watch(plan.certificatesFolder, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      Promise.all([readFile(files.certificate, 'utf8'), readFile(files.key, 'utf8')])
        .then(([certificate, key]) => {
          front.renew(certificate, key);
        })
        // Half a pair in mid-change: the one that is served stays until the next change.
        .catch(() => undefined);
    }, 300);
  }).on('error', () => undefined);
}
