import { ExplainedError } from '../../../system/errors.ts';
import { nameGeneration, type Generation } from '../../version.ts';
import { LABELS } from '../container-labels.ts';
import { Engine } from '../../../containers/engine.ts';

/** A volume with the data of a workspace's server; each server generation has its own. */
export interface DataVolume {
  readonly name: string;
  readonly generation: Generation;
}

/** The name of a generation's volume; it says in `docker volume ls` whose it is. */
export function nameDataVolume(workspaceId: string, generation: Generation): string {
  const base = `chroma-tls-${workspaceId}-data`;
  return generation === 'rust' ? base : `${base}-python`;
}

/** The volumes that hold data of a workspace; none where no engine answers. */
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
  return readVolumes((await engine.run(inspectVolumeArgs(names), signal)).stdout);
}

/**
 * Makes sure that the volume of a generation is there, and holds no data of the other one.
 *
 * @param wanted.volumes what `findDataVolumes` found
 * @returns its name
 * @throws ExplainedError `data-of-another-line`
 */
export async function ensureDataVolume(
  engine: Engine,
  wanted: {
    readonly workspaceId: string;
    readonly generation: Generation;
    readonly volumes: readonly DataVolume[];
  },
  signal?: AbortSignal,
): Promise<string> {
  const { workspaceId, generation, volumes } = wanted;
  const name = nameDataVolume(workspaceId, generation);
  const isHere = volumes.some((volume) => volume.name === name && volume.generation === generation);
  if (isHere) return name;
  const inspected = await engine.run(inspectVolumeArgs([name]), signal);
  const [found] = readVolumes(inspected.stdout);
  if (found && found.generation !== generation) {
    throw new ExplainedError({
      code: 'data-of-another-line',
      what: `The volume ${name} holds data of Chroma ${nameGeneration(found.generation)}, so Chroma ${nameGeneration(generation)} was not started with it.`,
      why: 'The two keep their data in different forms.',
      next: `Choose an image of Chroma ${nameGeneration(found.generation)}, or remove the data (${engine.program} volume rm ${name}).`,
      action: 'openSettings',
    });
  }
  if (inspected.exitCode !== 0) {
    const labels = [`${LABELS.workspace}=${workspaceId}`, `${LABELS.generation}=${generation}`];
    const options = labels.flatMap((label) => ['--label', label]);
    await engine.must(['volume', 'create', ...options, name], signal);
  }
  return name;
}

/**
 * What to tell a user whose data another server generation wrote; none where no data is left behind.
 * Pure.
 */
export function describeDataLeft(
  generation: Generation,
  volumes: readonly DataVolume[],
): string | undefined {
  const [other] = volumes;
  if (!other || volumes.some((volume) => volume.generation === generation)) return undefined;
  return `The data of Chroma ${nameGeneration(other.generation)} stays in the volume ${other.name}; Chroma ${nameGeneration(generation)} starts with an empty one of its own.`;
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
