import { watch as watchFolder } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainedError } from '../../errors.ts';
import type { Disposable } from '../../events.ts';
import { workspaceDataFolder } from '../../project/data-folder.ts';
import type { Settings } from '../../project/settings.ts';
import { explainPortTaken, findAnyPort, isPortFree } from '../port.ts';
import { describeImage, describeVersion } from '../version.ts';
import { connectControl, controlPath } from './control-socket.ts';
import { watchControl, type ControlWatch } from './control-watch.ts';
import { findChroma, findInstaller, installChroma, runArgs } from './local-chroma.ts';
import type { Availability, Observation, Runtime, StartContext, StartPlan } from './runtime.ts';
import type { ExitRecord } from './supervisor.ts';
import { endWithParent, launchSupervisor, stopSupervisor } from './supervisor-launch.ts';

/** The version of a private environment where the image setting names none of today's line. */
const DEFAULT_VERSION = '1.5.9';

/** Chroma without a container: `chroma run` behind the embedded front, in a process of its own. */
export class LocalRuntime implements Runtime {
  readonly kind = 'local';
  readonly #workspace: string;
  readonly #supervisorFile: string;
  readonly #readSettings: () => Settings;
  /** True in VS Code, whose end is also the server's; false for the CLI, which ends at once. */
  readonly #held: boolean;
  /** Connects and holds while somebody watches; nothing before. */
  #watch: ControlWatch | undefined;

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
    const upstreamPort = await findAnyPort();
    // Should even the supervisor be killed, Chroma ends with it; nothing is left behind.
    const { program, args } = await endWithParent({
      program: chroma.program,
      args: runArgs(files.data, upstreamPort),
    });
    await launchSupervisor(this.#supervisorFile, {
      control: this.#control,
      certificatesFolder: plan.certificatesFolder,
      program,
      args,
      upstreamPort,
      folder: files.data,
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
    await this.#watch?.connect();
  }

  async stop(): Promise<void> {
    await rm(this.#files().exit, { force: true });
    await stopSupervisor(this.#control);
  }

  async observe(): Promise<Observation> {
    const control = await connectControl(this.#control);
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
    const watch = watchControl(this.#control, {
      folder: workspaceDataFolder(this.#workspace),
      hold: this.#held,
      changed,
    });
    this.#watch = watch;
    return {
      dispose: () => {
        this.#watch = undefined;
        watch.dispose();
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

  /** The version the image setting names, where a local server can be one. */
  #version(): string {
    const { version } = describeImage(this.#readSettings().image);
    return version !== undefined && describeVersion(version).line === 'rust'
      ? version
      : DEFAULT_VERSION;
  }

  get #control(): string {
    return controlPath(this.#workspace, 'local');
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
