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
 * The embedded front of a container: a supervisor that runs, beside the front, the engine's own
 * `wait`, which ends when the container does. So it lives as long as what it serves, and no window
 * has to hold it.
 */
export interface ContainerFront {
  readonly workspace: string;
  readonly certificatesFolder: string;
  /** What opens the key; none where it has no pass phrase. */
  readonly keyPassPhrase?: string;
  readonly containerId: string;
  /** The port of this machine that leads to Chroma in the container. */
  readonly upstreamPort: number;
  readonly server: Omit<ServerFacts, 'id' | 'startedAt'>;
}

/** @throws ExplainedError `port-taken`, `local-start-failed` */
export async function startFront(
  supervisorFile: string,
  engine: Engine,
  { workspace, containerId, ...front }: ContainerFront,
): Promise<void> {
  const folder = workspaceDataFolder(workspace);
  const program = (await findProgram(engine.program)) ?? engine.program;
  await launchSupervisor(supervisorFile, {
    control: controlPath(workspace, 'front'),
    ...front,
    ...(await endWithParent({ program, args: ['wait', containerId] })),
    folder,
    logFile: join(folder, 'front.log'),
    exitFile: exitFile(workspace),
    held: false,
  });
}

export function stopFront(workspace: string): Promise<void> {
  return stopSupervisor(controlPath(workspace, 'front'), exitFile(workspace));
}

function exitFile(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'front-exit.json');
}

export async function isFrontUp(workspace: string): Promise<boolean> {
  const control = await connectControl(controlPath(workspace, 'front'));
  control?.close();
  return control !== undefined;
}

/** Calls back when the front of a workspace has come or gone. */
export function watchFront(workspace: string, changed: () => void): Disposable {
  return watchControl(() => controlPath(workspace, 'front'), {
    folder: workspaceDataFolder(workspace),
    hold: false,
    changed,
  });
}
