import { ExplainedError } from '../../../system/errors.ts';
import { nameGeneration, type Generation } from '../../version.ts';
import { LABELS } from './commands.ts';
import { Engine } from '../../../containers/engine.ts';

/** A volume with the data of a workspace's server; a server of the other line has another. */
export interface DataVolume {
  readonly name: string;
  readonly generation: Generation;
}

/** The name of a line's volume; it says in `docker volume ls` whose it is. */
export function nameDataVolume(workspaceId: string, generation: Generation): string {
  const base = `chroma-tls-${workspaceId}-data`;
  return generation === 'rust' ? base : `${base}-python`;
}

/** Which lines have data for a workspace, and where; none where no engine answers. */
export async function findDataVolumes(
  program: string,
  workspaceId: string,
  signal?: AbortSignal,
): Promise<readonly DataVolume[]> {
  const label = `label=${LABELS.workspace}=${workspaceId}`;
  const engine = new Engine(program);
  const listed = await engine.run(['volume', 'ls', '--quiet', '--filter', label], signal);
  const names = listed.stdout.split('\n').filter(Boolean);
  if (listed.exitCode !== 0 || names.length === 0) return [];
  const { stdout } = await engine.run(inspectVolumeArgs(names), signal);
  return readVolumes(stdout);
}

/**
 * Makes sure the volume of a line is there, and holds no other line's data.
 *
 * @throws ExplainedError `data-of-another-line`
 */
export async function ensureDataVolume(
  engine: Engine,
  workspaceId: string,
  generation: Generation,
  signal?: AbortSignal,
): Promise<string> {
  const name = nameDataVolume(workspaceId, generation);
  const inspected = await engine.run(inspectVolumeArgs([name]), signal);
  const [found] = readVolumes(inspected.stdout);
  if (found && found.generation !== generation)
    throw dataOfAnotherGeneration(found, generation, engine.program);
  if (inspected.exitCode !== 0) {
    const labels = [`${LABELS.workspace}=${workspaceId}`, `${LABELS.generation}=${generation}`];
    const options = labels.flatMap((label) => ['--label', label]);
    await engine.must(['volume', 'create', ...options, name], signal);
  }
  return name;
}

/**
 * What to tell a user who is about to run another line than the one that wrote their data; none
 * where nothing is left behind. Pure.
 */
export function describeDataLeft(
  generation: Generation,
  volumes: readonly DataVolume[],
): string | undefined {
  if (volumes.some((volume) => volume.generation === generation)) return undefined;
  const other = volumes.find((volume) => volume.generation !== generation);
  return (
    other &&
    `The data of Chroma ${nameGeneration(other.generation)} stays in the volume ${other.name}; Chroma ${nameGeneration(generation)} starts with an empty one of its own.`
  );
}

function dataOfAnotherGeneration(
  found: DataVolume,
  generation: Generation,
  program: string,
): ExplainedError {
  return new ExplainedError({
    code: 'data-of-another-line',
    what: `The volume ${found.name} holds data of Chroma ${nameGeneration(found.generation)}, so Chroma ${nameGeneration(generation)} was not started with it.`,
    why: 'The two keep their data in different forms.',
    next: `Choose an image of that line, or, if you no longer need the data, remove the volume (${program} volume rm ${found.name}).`,
    action: 'openSettings',
  });
}

function inspectVolumeArgs(names: readonly string[]): readonly string[] {
  const format = `{{.Name}}\t{{index .Labels "${LABELS.generation}"}}`;
  return ['volume', 'inspect', '--format', format, ...names];
}

function readVolumes(stdout: string): readonly DataVolume[] {
  return stdout.split('\n').flatMap((row) => {
    const [name = '', generation] = row.split('\t');
    return generation === 'rust' || generation === 'python' ? [{ name, generation }] : [];
  });
}
