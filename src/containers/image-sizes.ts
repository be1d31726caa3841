import * as v from 'valibot';
import { readJson } from '../system/json.ts';
import type { Engine } from './engine.ts';

/** How long (ms) an engine may take to ask a registry. */
const REGISTRY_TIMEOUT = 8000;

/** How large an image is. */
export interface ImageSize {
  /** `here`: on this machine's disk; `download`: what a pull fetches at most. */
  readonly kind: 'here' | 'download';
  readonly bytes: number;
}

/** Of one platform, as `docker manifest inspect --verbose` has it; an image of several is a list. */
const ENTRY = v.object({
  Descriptor: v.object({
    platform: v.optional(v.object({ architecture: v.string(), os: v.string() })),
  }),
  SchemaV2Manifest: v.optional(v.object({ layers: v.array(v.object({ size: v.number() })) })),
  OCIManifest: v.optional(v.object({ layers: v.array(v.object({ size: v.number() })) })),
});
const MANIFEST = v.union([v.array(ENTRY), ENTRY]);

/**
 * How large images are, by the engine's word and, for those it lacks, by their registry's. Of one
 * about which neither says anything, nothing is said.
 *
 * @param signal ends the asking: what is known by then counts
 */
export async function sizeImages(
  engine: Engine,
  images: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ImageSize>> {
  const architecture = readArchitecture(engine, signal);
  const sized = await Promise.all(
    images.map(async (image) => {
      const size =
        (await sizeHere(engine, image, signal)) ??
        (await sizeDownload(engine, image, await architecture, signal));
      return size ? ([[image, size]] as const) : [];
    }),
  );
  return new Map(sized.flat());
}

async function sizeHere(
  engine: Engine,
  image: string,
  signal: AbortSignal | undefined,
): Promise<ImageSize | undefined> {
  const said = await ask(engine, ['image', 'inspect', '--format', '{{.Size}}', image], signal);
  const bytes = Number(said?.trim());
  return Number.isSafeInteger(bytes) && bytes > 0 ? { kind: 'here', bytes } : undefined;
}

async function sizeDownload(
  engine: Engine,
  image: string,
  architecture: string | undefined,
  signal: AbortSignal | undefined,
): Promise<ImageSize | undefined> {
  const insecure = isOnLoopback(image) ? ['--insecure'] : [];
  const said = await ask(engine, ['manifest', 'inspect', ...insecure, '--verbose', image], signal);
  const bytes = said === undefined ? undefined : readDownload(said, architecture);
  return bytes === undefined ? undefined : { kind: 'download', bytes };
}

/**
 * The bytes of an image's layers as a registry holds them: compressed. Pure.
 *
 * @param text what `docker manifest inspect --verbose` said
 * @param architecture the engine's, such as `amd64`
 */
function readDownload(text: string, architecture: string | undefined): number | undefined {
  const entries = [readJson(MANIFEST, text) ?? []].flat();
  const fitting = entries.find(
    ({ Descriptor: { platform } }) =>
      platform?.os === 'linux' && platform.architecture === architecture,
  );
  const layers = (fitting?.SchemaV2Manifest ?? fitting?.OCIManifest)?.layers;
  return layers?.reduce((sum, { size }) => sum + size, 0);
}

/** Docker's engine asks such a registry without TLS by itself; its client has to be told. */
function isOnLoopback(image: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}):\d+\//.test(image);
}

async function readArchitecture(
  engine: Engine,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const said = await ask(engine, ['version', '--format', '{{.Server.Arch}}'], signal);
  return said?.trim();
}

/** What an engine says; undefined where it does not know, or is not there. */
async function ask(
  engine: Engine,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    const { exitCode, stdout } = await engine.run(args, signal, REGISTRY_TIMEOUT);
    return exitCode === 0 ? stdout : undefined;
  } catch {
    return undefined;
  }
}
