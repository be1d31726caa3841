import { LABELS } from '../../src/chroma/runtimes/docker-commands.ts';
import { workspaceId } from '../../src/project/data-folder.ts';
import { program, type Workspace } from './cli.ts';

/** What docker answers; empty where it fails. */
export async function docker(...args: readonly string[]): Promise<string> {
  return (await program('docker', args)).stdout.trim();
}

/** The names of a workspace's containers, running or not. */
export async function containersOf(workspace: Workspace): Promise<readonly string[]> {
  const label = `label=${LABELS.folder}=${workspace.folder}`;
  return (await docker('ps', '-a', '--filter', label, '--format', '{{.Names}}'))
    .split('\n')
    .filter(Boolean);
}

/** Ends what runs for a workspace and removes its data: only its own, for the engine serves others. */
export async function cleanUp(workspace: Workspace): Promise<void> {
  await workspace.run(['stop']);
  const label = `label=${LABELS.workspace}=${workspaceId(workspace.folder)}`;
  const volumes = await docker('volume', 'ls', '-q', '--filter', label);
  if (volumes !== '') await docker('volume', 'rm', ...volumes.split('\n'));
}
