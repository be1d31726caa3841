import { readIfThere } from '../../../system/files/replace-file.ts';
import { covers, IMAGE_CONFIG, tellDataLocation, type DataSigns } from '../../data-path.ts';
import { describeImage, type Capabilities } from '../../version.ts';
import type { ChromaContainer } from './chroma-container.ts';
import { readPersistPath } from './service-data.ts';

/** What the version of a container's Chroma is capable of. Pure. */
export function describeContainer({ Image, RunsPython }: ChromaContainer): Capabilities {
  return describeImage(Image, RunsPython ? 'python' : 'rust');
}

/**
 * Whether Chroma's data outlives its container: it lies in a folder of this machine, or in a volume
 * with a name, by which the next container finds it. Pure.
 */
export function keepsItsData(container: ChromaContainer): boolean {
  const path = readDataPath(container);
  if (path === undefined) return false;
  return (container.Mounts ?? []).some(
    ({ Name, Destination }) => covers(Destination, path) && !/^[0-9a-f]{64}$/.test(Name ?? ''),
  );
}

/** Where a container's Chroma keeps its data; undefined where it cannot be told. Pure. */
export function readDataPath(container: ChromaContainer): string | undefined {
  const capabilities = describeContainer(container);
  const location = tellDataLocation(readSigns(container), capabilities);
  if (location.kind === 'path') return location.path;
  if (location.kind === 'unknown') return undefined;
  // The image's own configuration has the usual place, unless another file lies over it.
  const isOwn = location.file === IMAGE_CONFIG && !findMount(container, location.file);
  return isOwn ? capabilities.dataPath : container.ConfiguredPath;
}

/** A container with the data path from its configuration, where that is a file of this machine. */
export async function readChromaConfiguration(
  container: ChromaContainer,
): Promise<ChromaContainer> {
  const location = tellDataLocation(readSigns(container), describeContainer(container));
  if (location.kind !== 'config') return container;
  const mount = findMount(container, location.file);
  // A folder over it would have to be looked into.
  if (mount?.Source === undefined || mount.Destination !== location.file) return container;
  const text = await readIfThere(mount.Source).catch(() => undefined);
  const path = text === undefined ? undefined : await readPersistPath(text);
  return path === undefined ? container : { ...container, ConfiguredPath: path };
}

function findMount(
  { Mounts }: ChromaContainer,
  path: string,
): NonNullable<ChromaContainer['Mounts']>[number] | undefined {
  return (Mounts ?? []).find(({ Destination }) => covers(Destination, path));
}

function readSigns({ DataSigns }: ChromaContainer): DataSigns {
  const signs = DataSigns.filter((sign) => sign !== '').map((sign): [string, string] => {
    const [name = '', ...value] = sign.split('=');
    return [name, value.join('=')];
  });
  return {
    environment: Object.fromEntries(signs),
    words: signs
      .filter(([name]) => name === 'run' || name === '--path')
      // An option behind `run` is none of its configurations.
      .flatMap(([name, value]) =>
        name === 'run' && /^(?:-|$)/.test(value) ? [name] : [name, value],
      ),
  };
}
