import { join } from 'node:path';
import { certificateFiles } from '../../../project/certificate-files.ts';
import { ExplainedError, type Problem } from '../../../system/errors.ts';
import type { Disposable } from '../../../system/events.ts';
import { workspaceDataFolder } from '../../../project/data-folder.ts';
import { hashToken } from '../../../project/bearer-token.ts';
import type { Settings } from '../../../project/settings.ts';
import { judgeProcess } from '../../../system/processes/process-identity.ts';
import { requirePort } from '../../port-problems.ts';
import { findAnyPort } from '../../../system/network/port.ts';
import { chooseTermination, looksIntoRequests } from '../../termination.ts';
import { describeImage, describeVersion, type Capabilities } from '../../version.ts';
import { serveCommand } from './chroma-command.ts';
import { connectControl, controlPath } from '../../supervisor/control-socket.ts';
import { watchControl, type ControlWatch } from '../../supervisor/control-watch.ts';
import { readExitRecord } from '../../supervisor/exit-record.ts';
import { findInstallation, type FoundInstallation } from './installation-search.ts';
import type { Installation } from './installation.ts';
import { prepareData } from './data-folders.ts';
import { followLines, readLastLines } from '../../../system/files/log-file.ts';
import { installChroma } from './private-chroma-install.ts';
import { claimPrivateChroma, findPrivateChroma, keepUsedOnly } from './private-chroma-store.ts';
import { findInstaller, nameInstaller, type Installer } from './installer.ts';
import { awaitReload } from '../reload.ts';
import type { Runtime, StartContext, StartPlan } from '../runtime.ts';
import { describeAccess, isStopCode, type Observation } from '../../server-facts.ts';
import type { Availability } from '../../../containers/availability.ts';
import {
  endWithParent,
  launchSupervisor,
  stopSupervisor,
} from '../../supervisor/supervisor-launch.ts';

export interface LocalOptions {
  readonly workspace: string;
  readonly supervisorFile: string;
  readonly readSettings: () => Settings;
  /** True in VS Code, whose end is also the server's; false for the CLI, which ends at once. */
  readonly held: boolean;
  /** The Python chosen in the editor; asked only when a start comes to it. */
  readonly chosenInterpreter?: (() => Promise<string | undefined>) | undefined;
  /** What a user may want to know later, as a line. */
  readonly log: (line: string) => void;
}

/** The version of an image whose tag names none. */
const DEFAULT_VERSION = '1.5.9';

/** Milliseconds for which a program that can install counts as still there. */
const INSTALLER_KEPT = 60_000;

/**
 * Chroma without a container, in a process of its own: uvicorn, which ends TLS itself, or a plain
 * server behind the embedded proxy. The tag of the image setting says which version runs.
 */
export class LocalRuntime implements Runtime {
  readonly kind = 'local';
  readonly #options: LocalOptions;
  /** Connects and holds while a window watches. */
  #watch: ControlWatch | undefined;
  /** What was found last, for a while. */
  #installer:
    { readonly version: string; readonly installer: Installer; readonly until: number } | undefined;

  constructor(options: LocalOptions) {
    this.#options = options;
  }

  async check(): Promise<Availability> {
    const { version } = this.#wanted();
    try {
      const installation = (await this.#find()).installation ?? (await findPrivateChroma(version));
      if (installation) return { available: true, seen: describe(installation) };
    } catch (error) {
      if (error instanceof ExplainedError) return { available: false, problem: error.problem };
      throw error;
    }
    const installer = await this.#findInstaller(version);
    if ('code' in installer) return { available: false, problem: installer };
    return { available: true, seen: `${nameInstaller(installer)} can install Chroma ${version}` };
  }

  async start(plan: StartPlan, context: StartContext): Promise<void> {
    const { certificatesFolder, keyPassphrase, token } = plan;
    const { bindAddress, port, tlsTermination, corsOrigins } = plan.settings;
    const wanted = this.#wanted();
    const tls = chooseTermination(
      tlsTermination,
      wanted,
      'process',
      looksIntoRequests(plan.settings),
    );
    const installation = await this.#findOrInstall(wanted.version, context);
    context.report({ kind: 'creating' });
    const files = this.#files();
    const data = await prepareData(files.folder, wanted.generation);
    if (installation.version !== wanted.version) {
      // The environment a user has counts more than the tag, if its generation is the same.
      context.note(
        `Chroma ${installation.version} serves, not ${wanted.version}: it is what was found.`,
      );
    }
    if (data.left !== undefined) context.note(data.left);
    await this.stop();
    await requirePort(bindAddress, port);
    const upstreamPort = tls === 'uvicorn' ? undefined : await findAnyPort();
    const certificate = certificateFiles(certificatesFolder);
    const listening =
      upstreamPort === undefined
        ? { address: bindAddress, port, certificate, keyPassphrase }
        : { address: '127.0.0.1', port: upstreamPort };
    const command = serveCommand(installation, data.folder, listening);
    await launchSupervisor(this.#options.supervisorFile, {
      ...command,
      // Chroma ends with the supervisor, even if that is killed.
      ...(await endWithParent(command)),
      control: this.#control,
      certificatesFolder,
      ...(keyPassphrase === undefined ? {} : { keyPassphrase }),
      ...(upstreamPort === undefined ? {} : { upstreamPort }),
      ...(token === undefined ? {} : { tokenHash: hashToken(token) }),
      folder: data.folder,
      logFile: files.log,
      exitFile: files.exit,
      server: {
        ...{ runtime: 'local', image: `chroma ${installation.version}`, tls, bindAddress, port },
        ...describeAccess({ token, corsOrigins }),
      },
      held: this.#options.held,
    });
    await this.#watch?.connect();
    const removed = await keepUsedOnly(this.#options.workspace, installation);
    for (const name of removed) {
      this.#options.log(`Removed the private ${name}: no workspace uses it.`);
    }
  }

  async stop(): Promise<void> {
    await stopSupervisor(this.#control, this.#files().exit);
  }

  async observe(): Promise<Observation> {
    const control = await connectControl(this.#control);
    if (control) {
      control.close();
      return { kind: 'running', server: control.state.server };
    }
    const record = await readExitRecord(this.#files().exit);
    if (!record) return { kind: 'none' };
    const { server, part, exitCode, supervisor } = record;
    if ((await judgeProcess(supervisor)) === 'alive' && exitCode === undefined) {
      return { kind: 'impaired', server, problem: FROZEN };
    }
    const end = exitCode === undefined ? ({ wasKilled: true } as const) : { exitCode };
    return {
      kind: 'exited',
      server,
      part,
      ...end,
      ...(exitCode !== undefined && isStopCode(exitCode) ? { stopped: true } : {}),
      lastLog: await this.readLog(20),
    };
  }

  /** The supervisor watches the folder for its TLS proxy; uvicorn reads its certificate only once. */
  async reload(isServed: () => Promise<boolean>, signal?: AbortSignal): Promise<boolean> {
    const observation = await this.observe();
    if (observation.kind !== 'running' || observation.server.tls !== 'embedded') return false;
    return awaitReload(isServed, signal);
  }

  watch(changed: () => void): Disposable {
    const watch = watchControl(() => this.#control, {
      folder: this.#files().folder,
      hold: this.#options.held,
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

  readLog(lines: number): Promise<readonly string[]> {
    return readLastLines(this.#files().log, lines);
  }

  followLog(onLine: (line: string) => void): Disposable {
    return followLines(this.#files().log, onLine);
  }

  /** What the user has installed. */
  #find(): Promise<FoundInstallation> {
    const { workspace, chosenInterpreter, readSettings } = this.#options;
    const { generation } = this.#wanted();
    const { localCommand } = readSettings();
    return findInstallation({ workspace, generation, localCommand, chosenInterpreter });
  }

  /** The user's own, then a private one, then a private one that is installed now. */
  async #findOrInstall(version: string, context: StartContext): Promise<Installation> {
    const { workspace, log } = this.#options;
    const { installation, passedOver } = await this.#find();
    if (installation) return installation;
    if (passedOver.length > 0) log(`Passed over: ${passedOver.join(', ')}.`);
    const { signal } = context;
    return (
      (await claimPrivateChroma({ workspace, version, signal })) ??
      (await installChroma(workspace, version, await this.#findInstaller(version), context))
    );
  }

  /** A start asks several times, before and after the user's consent, and each Python takes its time. */
  async #findInstaller(version: string): Promise<Installer | Problem> {
    const known = this.#installer;
    if (known?.version === version && Date.now() < known.until) return known.installer;
    const installer = await findInstaller(version);
    this.#installer =
      'code' in installer ? undefined : { version, installer, until: Date.now() + INSTALLER_KEPT };
    return installer;
  }

  /** What the image setting asks for. */
  #wanted(): Capabilities & { readonly version: string } {
    const { version = DEFAULT_VERSION } = describeImage(this.#options.readSettings().image);
    return { ...describeVersion(version), version };
  }

  get #control(): string {
    return controlPath(this.#options.workspace, 'local');
  }

  #files(): { readonly folder: string; readonly log: string; readonly exit: string } {
    const folder = workspaceDataFolder(this.#options.workspace);
    return { folder, log: join(folder, 'server.log'), exit: join(folder, 'exit.json') };
  }
}

const FROZEN: Problem = {
  code: 'supervisor-frozen',
  what: 'The process that runs Chroma does not answer.',
  why: 'It is frozen, or this machine is very busy.',
  next: 'Start the server again; the data stays.',
  action: 'startServer',
};

function describe({ chroma, python, module, version }: Installation): string {
  return `${module?.file ?? chroma ?? python ?? 'chroma'} ${version}`;
}
