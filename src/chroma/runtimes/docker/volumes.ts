import { ExplainedError } from '../../../system/errors.ts';
import { nameLine, type Line } from '../../version.ts';
import { LABELS } from './commands.ts';
import { Engine } from '../../../containers/engine.ts';

/** A volume with the data of a workspace's server; a server of the other line has another. */
export interface DataVolume {
  readonly name: string;
  readonly line: Line;
}

/** The name of a line's volume; it says in `docker volume ls` whose it is. */
export function nameDataVolume(workspaceId: string, line: Line): string {
  const base = `chroma-tls-${workspaceId}-data`;
  return line === 'rust' ? base : `${base}-python`;
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
  line: Line,
  signal?: AbortSignal,
): Promise<string> {
  const name = nameDataVolume(workspaceId, line);
  const inspected = await engine.run(inspectVolumeArgs([name]), signal);
  const [found] = readVolumes(inspected.stdout);
  if (found && found.line !== line) throw dataOfAnotherLine(found, line, engine.program);
  if (inspected.exitCode !== 0) {
    const labels = [`${LABELS.workspace}=${workspaceId}`, `${LABELS.line}=${line}`];
    const options = labels.flatMap((label) => ['--label', label]);
    await engine.must(['volume', 'create', ...options, name], signal);
  }
  return name;
}

/**
 * What to tell a person who is about to run another line than the one that wrote their data; none
 * where nothing is left behind. Pure.
 */
export function describeDataLeft(line: Line, volumes: readonly DataVolume[]): string | undefined {
  if (volumes.some((volume) => volume.line === line)) return undefined;
  const other = volumes.find((volume) => volume.line !== line);
  return (
    other &&
    `The data of Chroma ${nameLine(other.line)} stays in the volume ${other.name}; Chroma ${nameLine(line)} starts with an empty one of its own.`
  );
}

function dataOfAnotherLine(found: DataVolume, line: Line, program: string): ExplainedError {
  return new ExplainedError({
    code: 'data-of-another-line',
    what: `The volume ${found.name} holds data of Chroma ${nameLine(found.line)}, so Chroma ${nameLine(line)} was not started with it.`,
    why: 'The two keep their data in different forms.',
    next: `Choose an image of that line, or, if you no longer need the data, remove the volume (${program} volume rm ${found.name}).`,
    action: 'openSettings',
  });
}

function inspectVolumeArgs(names: readonly string[]): readonly string[] {
  const format = `{{.Name}}\t{{index .Labels "${LABELS.line}"}}`;
  return ['volume', 'inspect', '--format', format, ...names];
}

function readVolumes(stdout: string): readonly DataVolume[] {
  return stdout.split('\n').flatMap((row) => {
    const [name = '', line] = row.split('\t');
    return line === 'rust' || line === 'python' ? [{ name, line }] : [];
  });
}
