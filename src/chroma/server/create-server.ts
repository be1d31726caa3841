import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { KeyPassphrase } from '../../certificates/encoding/passphrase.ts';
import { certificateFiles } from '../../project/certificate-files.ts';
import { workspaceDataFolder } from '../../project/data-folder.ts';
import { type Settings, rememberSettings } from '../../project/settings.ts';
import { hasComposeFile, isComposeFile } from '../../containers/compose/project-files.ts';
import { watchPath } from '../../system/files/folder-watch.ts';
import { isAccessible } from '../../system/files/replace-file.ts';
import { LoadedLater } from '../runtimes/loaded-later.ts';
import { wasEverStarted } from '../runtimes/runtime-choice.ts';
import { START_LOCK } from '../start-lock.ts';
import { Server } from './server.ts';

/** Whether a folder has a certificate and no notes of ours: who deleted those may have a server still. */
async function hasLostNotes(
  workspace: string,
  { certificatesFolder }: Pick<Settings, 'certificatesFolder'>,
): Promise<boolean> {
  const notes = await readdir(workspaceDataFolder(workspace)).catch(() => []);
  // A start or a stop makes the folder, for its lock, before it looks.
  if (notes.some((name) => !name.startsWith(START_LOCK))) return false;
  return isAccessible(certificateFiles(resolve(workspace, certificatesFolder)).certificate);
}

/**
 * The server of one workspace with its real runtimes.
 *
 * @param options.distFolder where our bundles lie
 * @param options.chosenInterpreter the Python chosen in an editor; asked only for a local start
 * @param options.held whether a local server ends when this process does (VS Code), or lives on
 */
export function createServer(options: {
  readonly workspace: string;
  readonly distFolder: string;
  readonly readSettings: () => Settings;
  readonly log: (line: string) => void;
  readonly keyPassphrase: KeyPassphrase;
  readonly held?: boolean;
  readonly chosenInterpreter?: () => Promise<string | undefined>;
}): Server {
  const {
    workspace,
    distFolder,
    readSettings,
    log,
    keyPassphrase,
    held = true,
    chosenInterpreter,
  } = options;
  const usable = rememberSettings(readSettings);
  /** A runtime looks with these; a start gives it those of its plan. */
  const lookSettings = (): Settings => usable().settings;
  /** A user who has set a runtime wants to hear what is the matter with it. */
  const wasStarted = async (): Promise<boolean> =>
    lookSettings().runtime !== 'auto' ||
    (await wasEverStarted(workspace)) ||
    (await hasLostNotes(workspace, lookSettings()));
  const supervisorFile = join(distFolder, 'supervisor.js');
  return new Server({
    workspace,
    readSettings,
    log,
    keyPassphrase,
    runtimes: [
      new LoadedLater({
        kind: 'external',
        mayRun: () => Promise.resolve(lookSettings().runtime === 'external'),
        load: async () => {
          const { ExternalRuntime } = await import('../runtimes/external.ts');
          return new ExternalRuntime(workspace, lookSettings);
        },
      }),
      new LoadedLater({
        kind: 'local',
        mayRun: wasStarted,
        load: async () => {
          const { LocalRuntime } = await import('../runtimes/local/local.ts');
          return new LocalRuntime({
            workspace,
            supervisorFile,
            readSettings: lookSettings,
            held,
            chosenInterpreter,
            log,
          });
        },
      }),
      new LoadedLater({
        kind: 'docker',
        mayRun: wasStarted,
        load: async () => {
          const { DockerRuntime } = await import('../runtimes/docker/docker.ts');
          return new DockerRuntime({ workspace, supervisorFile, readSettings: lookSettings });
        },
      }),
      new LoadedLater({
        kind: 'compose',
        // A user may bring up a Compose file without us.
        mayRun: () => hasComposeFile(workspace),
        comes: (begin) =>
          watchPath(workspace, (name) => {
            if (name !== null && isComposeFile(name)) begin();
          }),
        load: async () => {
          const { ComposeRuntime } = await import('../runtimes/compose/compose.ts');
          return new ComposeRuntime({ workspace, readSettings: lookSettings });
        },
      }),
    ],
  });
}
