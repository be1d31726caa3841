import { array, object, string } from 'valibot';
import type { Engine } from '../../../containers/engine.ts';
import { ExplainedError } from '../../../system/errors.ts';
import { isAccessible } from '../../../system/files/replace-file.ts';
import { measure } from '../../../system/files/measure-folder.ts';
import { readJson } from '../../../system/json.ts';

/** How long (ms) an engine may take to measure all that it has. */
const MEASURE_PATIENCE = 20_000;

const USAGE = array(object({ Name: string(), Size: string() }));

/** How many bytes a volume takes; undefined where that cannot be told soon enough. */
export async function measureVolume(
  engine: Engine,
  name: string,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const inspected = await engine.run(
    ['volume', 'inspect', '--format', '{{.Mountpoint}}', name],
    signal,
  );
  const folder = inspected.stdout.trim();
  // On this machine, and readable: a user's own engine, or the machine's for root.
  if (folder !== '' && (await isAccessible(folder))) return measure(folder);
  const args = ['system', 'df', '--verbose', '--format', '{{json .Volumes}}'];
  const asked = await engine.run(args, signal, MEASURE_PATIENCE).catch((error: unknown) => {
    signal?.throwIfAborted();
    return { stdout: String(error) };
  });
  const volumes = readJson(USAGE, asked.stdout) ?? [];
  return parseSize(volumes.find(({ Name }) => Name === name)?.Size ?? '');
}

/**
 * Removes a volume with all that is in it. One that is gone already is fine.
 *
 * @throws ExplainedError where the engine cannot
 */
export async function removeVolume(
  engine: Engine,
  name: string,
  signal?: AbortSignal,
): Promise<void> {
  const removed = await engine.run(['volume', 'rm', name], signal);
  if (removed.exitCode === 0 || /no such volume/i.test(removed.stderr)) return;
  throw new ExplainedError(engine.explain(removed));
}

/** A size in the words of `docker system df`, such as `1.5MB`. Pure. */
export function parseSize(text: string): number | undefined {
  const [, number, unit = ''] = /^([\d.]+)\s*([kMGT]?)B$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  return Math.round(Number(number) * 1000 ** ['', 'k', 'M', 'G', 'T'].indexOf(unit));
}
