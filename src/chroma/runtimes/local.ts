import { spawn } from 'node:child_process';
import { watch as watchFolder } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainedError } from '../../errors.ts';
import type { Disposable } from '../../events.ts';
import { findProgram } from '../../program-path.ts';
import { workspaceDataFolder } from '../../project/data-folder.ts';
import type { Settings } from '../../project/settings.ts';
import { explainPortTaken, findAnyPort, isPortFree } from '../port.ts';
import { describeImage, describeVersion } from '../version.ts';
import { connectControl, type ControlConnection } from './control-socket.ts';
import { findChroma, findInstaller, installChroma, runArgs } from './local-chroma.ts';
import type { Availability, Observation, Runtime, StartContext, StartPlan } from './runtime.ts';
import type { ExitRecord, SupervisorPlan } from './supervisor.ts';

/** The version of a private environment where the image setting names none of today's line. */
const DEFAULT_VERSION = '1.5.9';
/** How long (ms) a supervisor may take until it answers, or to end after it was asked to. */
const CONTROL_TIMEOUT = 15_000;

/** Chroma without a container: `chroma run` behind the embedded front, in a process of its own. */
export class LocalRuntime implements Runtime {
  readonly kind = 'local';
  readonly #workspace: string;
  readonly #supervisorFile: string;
  readonly #readSettings: () => Settings;
  /** True in VS Code, whose end is also the server's; false for the CLI, which ends at once. */
  readonly #held: boolean;
  #hold: ControlConnection | undefined;
  /** Connects and holds while somebody watches; nothing before. */
  #keepHold: (() => Promise<void>) | undefined;

  constructor(options: {
    workspace: string;
    supervisorFile: string;
    readSettings: () => Settings;
    held: boolean;
  }) {
    this.#workspace = options.workspace;
    this.#supervisorFile = options.supervisorFile;
    this.#readSettings = options.readSettings;
    this.#held = options.held;
  }

  async check(): Promise<Availability> {
    const { localCommand } = this.#readSettings();
    try {
      const chroma = await findChroma(this.#workspace, localCommand, this.#version());
      if (chroma) return { available: true, seen: `${chroma.program} ${chroma.version}` };
    } catch (error) {
      if (error instanceof ExplainedError) return { available: false, problem: error.problem };
      throw error;
    }
    const installer = await findInstaller();
    return 'code' in installer
      ? { available: false, problem: installer }
      : { available: true, seen: `${installer.program}, which can install Chroma` };
  }

  async start(plan: StartPlan, context: StartContext): Promise<void> {
    const { settings } = plan;
    const version = this.#version();
    const chroma =
      (await findChroma(this.#workspace, settings.localCommand, version)) ??
      (await installChroma(version, context));
    context.report({ kind: 'creating' });
    await this.stop();
    const { bindAddress, port } = settings;
    if (!(await isPortFree(bindAddress, port))) throw await explainPortTaken(bindAddress, port);
    const files = this.#files();
    await mkdir(files.data, { recursive: true, mode: 0o700 });
    await this.#launch({
      workspace: this.#workspace,
      certificatesFolder: plan.certificatesFolder,
      ...(await this.#commandLine(chroma.program, files.data)),
      dataFolder: files.data,
      logFile: files.log,
      exitFile: files.exit,
      server: {
        runtime: 'local',
        image: `chroma ${chroma.version}`,
        tls: 'embedded',
        bindAddress,
        port,
      },
      held: this.#held,
    });
    await this.#keepHold?.();
  }

  async stop(): Promise<void> {
    await rm(this.#files().exit, { force: true });
    const control = await connectControl(this.#workspace);
    if (!control) return;
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

  async observe(): Promise<Observation> {
    const control = await connectControl(this.#workspace);
    if (control) {
      control.close();
      return { kind: 'running', server: control.state.server };
    }
    const record = await readFile(this.#files().exit, 'utf8').catch(() => undefined);
    if (record === undefined) return { kind: 'none' };
    const exited = JSON.parse(record) as ExitRecord;
    return { kind: 'exited', ...exited, lastLog: await this.readLog(20) };
  }

  /** The supervisor watches the folder itself. */
  renew(): Promise<boolean> {
    return Promise.resolve(true);
  }

  watch(changed: () => void): Disposable {
    const folder = workspaceDataFolder(this.#workspace);
    let ended = false;
    const isEnded = (): boolean => ended;
    const hold = async (): Promise<void> => {
      if (isEnded() || this.#hold) return;
      const control = await connectControl(this.#workspace);
      if (!control) return;
      // Two events may both have come this far.
      if (this.#isHolding() || isEnded()) {
        control.close();
        return;
      }
      this.#hold = control;
      if (this.#held) control.ask({ ask: 'hold' });
      control.onClosed(() => {
        this.#hold = undefined;
        changed();
      });
      changed();
    };
    // The control socket appears in this folder when any window or the CLI starts a server.
    const watcher = mkdir(folder, { recursive: true, mode: 0o700 }).then(() =>
      watchFolder(folder, () => void hold()).on('error', () => undefined),
    );
    this.#keepHold = hold;
    void hold();
    return {
      dispose: () => {
        ended = true;
        this.#keepHold = undefined;
        void watcher.then((opened) => {
          opened.close();
        });
        this.#hold?.close();
      },
    };
  }

  async readLog(lines: number): Promise<readonly string[]> {
    const text = await readFile(this.#files().log, 'utf8').catch(() => '');
    return text.split('\n').filter(Boolean).slice(-lines);
  }

  followLog(onLine: (line: string) => void): Disposable {
    const { log } = this.#files();
    let seen = 0;
    let reading = Promise.resolve();
    const read = (): void => {
      reading = reading.then(async () => {
        const text = await readFile(log, 'utf8').catch(() => '');
        if (text.length < seen) seen = 0;
        const end = text.lastIndexOf('\n') + 1;
        for (const line of text.slice(seen, end).split('\n').filter(Boolean)) onLine(line);
        seen = Math.max(seen, end);
      });
    };
    read();
    try {
      const watcher = watchFolder(log, read).on('error', () => undefined);
      return {
        dispose: () => {
          watcher.close();
        },
      };
    } catch {
      return { dispose: () => undefined };
    }
  }

  #isHolding(): boolean {
    return this.#hold !== undefined;
  }

  /** The version the image setting names, where a local server can be one. */
  #version(): string {
    const { version } = describeImage(this.#readSettings().image);
    return version !== undefined && describeVersion(version).line === 'rust'
      ? version
      : DEFAULT_VERSION;
  }

  async #commandLine(
    chroma: string,
    data: string,
  ): Promise<Pick<SupervisorPlan, 'program' | 'args' | 'upstreamPort'>> {
    const upstreamPort = await findAnyPort();
    const args = runArgs(data, upstreamPort);
    // Should even the supervisor be killed, Linux ends Chroma with it; nothing is left behind.
    const setpriv = process.platform === 'linux' ? await findProgram('setpriv') : undefined;
    return setpriv === undefined
      ? { program: chroma, args, upstreamPort }
      : { program: setpriv, args: ['--pdeathsig', 'KILL', '--', chroma, ...args], upstreamPort };
  }

  async #launch(plan: SupervisorPlan): Promise<void> {
    const child = spawn(process.execPath, [this.#supervisorFile, JSON.stringify(plan)], {
      detached: true,
      stdio: 'ignore',
      windowsHide: true,
      // Desktop VS Code's own executable is Electron; this makes it the Node.js it contains.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    child.unref();
    let exitCode: number | undefined;
    child.once('exit', (code) => {
      exitCode = code ?? 1;
    });
    const deadline = Date.now() + CONTROL_TIMEOUT;
    while (Date.now() < deadline) {
      const control = await connectControl(this.#workspace);
      control?.close();
      if (control) return;
      if (exitCode === 3) throw await explainPortTaken(plan.server.bindAddress, plan.server.port);
      if (exitCode !== undefined) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new ExplainedError({
      code: 'local-start-failed',
      what: 'The local server did not start.',
      ...(exitCode === undefined ? {} : { why: `Its process ended with code ${exitCode}.` }),
      next: 'Its log may say why.',
      action: 'showLogs',
    });
  }

  #files(): { data: string; log: string; exit: string } {
    const folder = workspaceDataFolder(this.#workspace);
    return {
      data: join(folder, 'chroma-data'),
      log: join(folder, 'server.log'),
      exit: join(folder, 'exit.json'),
    };
  }
}
