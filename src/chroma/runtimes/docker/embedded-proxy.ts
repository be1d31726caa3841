import { join } from 'node:path';
import type { Disposable } from '../../../system/events.ts';
import { findProgram } from '../../../system/processes/program-path.ts';
import { workspaceDataFolder } from '../../../project/data-folder.ts';
import { connectControl, controlPath } from '../../supervisor/control-socket.ts';
import { watchControl } from '../../supervisor/control-watch.ts';
import type { Engine } from '../../../containers/engine.ts';
import type { ServerFacts } from '../../server-facts.ts';
import {
  endWithParent,
  launchSupervisor,
  stopSupervisor,
} from '../../supervisor/supervisor-launch.ts';

/**
 * The embedded proxy of a container: a supervisor that runs the TLS proxy and the engine's own `wait`,
 * which ends when the container does. So it lives as long as its container, and no window holds it.
 */
export interface OwnProxy {
  readonly workspace: string;
  readonly certificatesFolder: string;
  /** The key's passphrase, where it has one. */
  readonly keyPassphrase?: string;
  /** Of the bearer token, where clients have to present one. */
  readonly tokenHash?: string;
  readonly containerId: string;
  /** The port of this machine that leads to Chroma in the container. */
  readonly upstreamPort: number;
  readonly server: Omit<ServerFacts, 'id' | 'startedAt'>;
}

/** @throws ExplainedError `port-taken`, `local-start-failed` */
export async function startProxy(
  supervisorFile: string,
  engine: Engine,
  { workspace, containerId, ...proxy }: OwnProxy,
): Promise<void> {
  const folder = workspaceDataFolder(workspace);
  const program = (await findProgram(engine.program)) ?? engine.program;
  await launchSupervisor(supervisorFile, {
    control: controlPath(workspace, 'proxy'),
    ...proxy,
    ...(await endWithParent({ program, args: ['wait', containerId] })),
    folder,
    logFile: join(folder, 'proxy.log'),
    exitFile: exitFile(workspace),
    held: false,
  });
}

export function stopProxy(workspace: string): Promise<void> {
  return stopSupervisor(controlPath(workspace, 'proxy'), exitFile(workspace));
}

function exitFile(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'proxy-exit.json');
}

export async function isProxyUp(workspace: string): Promise<boolean> {
  const control = await connectControl(controlPath(workspace, 'proxy'));
  control?.close();
  return control !== undefined;
}

/** Calls back when the TLS proxy of a workspace has come or gone. */
export function watchProxy(workspace: string, changed: () => void): Disposable {
  return watchControl(() => controlPath(workspace, 'proxy'), {
    folder: workspaceDataFolder(workspace),
    hold: false,
    changed,
  });
}
