import { array, nullable, object, pipe, readonly, string, type InferOutput } from 'valibot';
import type { Engine } from '../../../containers/engine.ts';
import { areImagesHere, pullImage } from '../../../containers/image-pull.ts';
import type { Settings } from '../../../project/settings.ts';
import { ExplainedError } from '../../../system/errors.ts';
import { readJson } from '../../../system/json.ts';
import { chooseTermination, looksIntoRequests, type OwnTermination } from '../../termination.ts';
import { describeImage, type Capabilities, type Generation } from '../../version.ts';
import type { StartContext } from '../runtime.ts';

const WORDS = nullable(pipe(array(string()), readonly()));
const IMAGE_COMMAND = object({ entryPoint: WORDS, command: WORDS });

export interface KnownImage {
  readonly capabilities: Capabilities;
  /** Why these were assumed, where nothing tells; as a sentence. */
  readonly assumption?: string;
}

/** The images of a start, as the engine knows them, and what follows from them. */
export interface Images extends KnownImage {
  readonly server: string;
  /** None where no container ends TLS. */
  readonly proxy?: string;
  readonly tls: OwnTermination;
  /** Why it is not the usual TLS proxy, as a sentence. */
  readonly note?: string;
}

type ImageSetting = 'image' | 'nginxImage' | 'envoyImage';

/** Which of the images that a start may need are on this machine, as the settings name them. */
export async function findImagesHere(
  engine: Engine,
  settings: Settings,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const proxy = settings.tlsTermination === 'envoy' ? settings.envoyImage : settings.nginxImage;
  const images = [settings.image, proxy];
  // Mostly all are here, which one question tells.
  if (await areImagesHere(engine, images, signal)) return new Set(images);
  const asked = images.map(async (image) =>
    (await areImagesHere(engine, [image], signal)) ? [image] : [],
  );
  return new Set((await Promise.all(asked)).flat());
}

/**
 * Makes sure that the images of a start are on this machine: Chroma's, and that of the proxy where
 * one ends TLS.
 *
 * @param here what `findImagesHere` found
 * @throws ExplainedError `termination-impossible`; those of `pullImage`
 */
export async function pullImages(
  engine: Engine,
  settings: Settings,
  here: ReadonlySet<string>,
  { report, signal }: StartContext,
): Promise<Images> {
  const pull = async (setting: ImageSetting): Promise<string> => {
    const image = settings[setting];
    return here.has(image) ? image : pullImage(engine, { image, setting }, report, signal);
  };
  const named = describeImage(settings.image);
  const choose = (capabilities: Capabilities): OwnTermination =>
    chooseTermination(
      settings.tlsTermination,
      capabilities,
      'container',
      looksIntoRequests(settings),
    );
  // What cannot be is refused before anything is pulled for it, where the tag tells.
  if (named.version !== undefined) choose(named);
  const server = await pull('image');
  const known = await readCapabilities(engine, settings.image, server, signal);
  const tls = choose(known.capabilities);
  switch (tls) {
    case 'envoy':
      return { ...known, server, tls, proxy: await pull('envoyImage') };
    case 'nginx':
      try {
        return { ...known, server, tls, proxy: await pull('nginxImage') };
      } catch (error) {
        if (settings.tlsTermination !== 'auto' || !isOutOfReach(error)) throw error;
        return {
          ...known,
          server,
          tls: 'embedded',
          note: `${settings.nginxImage} cannot be pulled now, so Chroma TLS itself ends TLS for this server.`,
        };
      }
    case 'uvicorn':
    case 'embedded':
      return { ...known, server, tls };
  }
}

function isOutOfReach(error: unknown): boolean {
  return error instanceof ExplainedError && error.code === 'image-unreachable';
}

/** What an image runs: its entry point and the command after it; null where it has none. */
export type ImageCommand = Readonly<InferOutput<typeof IMAGE_COMMAND>>;

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
  const runs = await readImageCommand(engine, reference, signal);
  const generation = runs && tellImageGeneration(runs);
  if (!runs || generation === undefined) {
    const assumption = `Neither the tag of ${image} nor what it runs says which Chroma it is: it is taken for 1.x, which keeps its data in ${named.dataPath}.`;
    return { capabilities: named, assumption };
  }
  const hasEntryPoint = (runs.entryPoint ?? []).length > 0;
  return { capabilities: { ...describeImage(image, generation), hasEntryPoint } };
}

/**
 * What an image runs; undefined where it is not on this machine.
 *
 * @param reference as the engine knows it
 * @throws ProgramNotFoundError; AbortError when the signal fires
 */
export async function readImageCommand(
  engine: Engine,
  reference: string,
  signal?: AbortSignal,
): Promise<ImageCommand | undefined> {
  const format = '{"entryPoint":{{json .Config.Entrypoint}},"command":{{json .Config.Cmd}}}';
  const asked = await engine.run(['image', 'inspect', '--format', format, reference], signal);
  return asked.exitCode === 0 ? readJson(IMAGE_COMMAND, asked.stdout) : undefined;
}

/** The server generation whose program an image runs; undefined where it runs neither. Pure. */
export function tellImageGeneration({ entryPoint, command }: ImageCommand): Generation | undefined {
  const words = [...(entryPoint ?? []), ...(command ?? [])].join(' ');
  if (/docker_entrypoint\.sh|\buvicorn\b/.test(words)) return 'python';
  return /(^|[\s/])chroma(\s|$)/.test(words) ? 'rust' : undefined;
}
