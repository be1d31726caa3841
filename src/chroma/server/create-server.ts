import { join } from 'node:path';
import type { KeyPassphrase } from '../../certificates/encoding/passphrase.ts';
import { type Settings, rememberSettings } from '../../project/settings.ts';
import { ComposeRuntime } from '../runtimes/compose/compose.ts';
import { DockerRuntime } from '../runtimes/docker/docker.ts';
import { ExternalRuntime } from '../runtimes/external.ts';
import { LocalRuntime } from '../runtimes/local/local.ts';
import { Server } from './server.ts';

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
  const supervisorFile = join(distFolder, 'supervisor.js');
  return new Server({
    workspace,
    readSettings,
    log,
    keyPassphrase,
    runtimes: [
      new ExternalRuntime(workspace, lookSettings),
      new LocalRuntime({
        workspace,
        supervisorFile,
        readSettings: lookSettings,
        held,
        chosenInterpreter,
      }),
      new DockerRuntime({ workspace, supervisorFile, readSettings: lookSettings }),
      new ComposeRuntime({ workspace, readSettings: lookSettings }),
    ],
  });
}
