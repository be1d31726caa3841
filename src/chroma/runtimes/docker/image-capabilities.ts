import { array, nullable, object, pipe, readonly, string, type InferOutput } from 'valibot';
import { readJson } from '../../../system/json.ts';
import { describeImage, type Generation, type Capabilities } from '../../version.ts';
import type { Engine } from '../../../containers/engine.ts';

const WORDS = nullable(pipe(array(string()), readonly()));
const IMAGE_COMMAND = object({ entryPoint: WORDS, command: WORDS });

/** What an image runs: its entry point and the command after it; null where it has none. */
export type ImageCommand = Readonly<InferOutput<typeof IMAGE_COMMAND>>;

export interface KnownImage {
  readonly capabilities: Capabilities;
  /** Why these were assumed, where nothing tells; as a sentence. */
  readonly assumption?: string;
}

/**
 * The capabilities of an image: by the version in its tag, or, where the tag is not a version (`latest`,
 * a user's own build), by what the image runs. So the data of a 0.x called `prod` lies in a volume too.
 *
 * @param image as the settings name it
 * @param reference as the engine knows it; an image that is not there tells nothing
 */
export async function readCapabilities(
  engine: Engine,
  image: string,
  reference: string,
  signal?: AbortSignal,
): Promise<KnownImage> {
  const named = describeImage(image);
  if (named.version !== undefined) return { capabilities: named };
  const format = '{"entryPoint":{{json .Config.Entrypoint}},"command":{{json .Config.Cmd}}}';
  const asked = await engine.run(['image', 'inspect', '--format', format, reference], signal);
  const runs = asked.exitCode === 0 ? readJson(IMAGE_COMMAND, asked.stdout) : undefined;
  const generation = runs && tellImageGeneration(runs);
  if (!runs || generation === undefined) {
    const assumption = `Neither the tag of ${image} nor what it runs says which Chroma it is: it is taken for 1.x, which keeps its data in ${named.dataPath}.`;
    return { capabilities: named, assumption };
  }
  const hasEntryPoint = (runs.entryPoint ?? []).length > 0;
  return { capabilities: { ...describeImage(image, generation), hasEntryPoint } };
}

/** The server generation whose program an image runs; undefined where it runs neither. Pure. */
export function tellImageGeneration({ entryPoint, command }: ImageCommand): Generation | undefined {
  const words = [...(entryPoint ?? []), ...(command ?? [])].join(' ');
  if (/docker_entrypoint\.sh|\buvicorn\b/.test(words)) return 'python';
  return /(^|[\s/])chroma(\s|$)/.test(words) ? 'rust' : undefined;
}
