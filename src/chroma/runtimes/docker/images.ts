import { ExplainedError } from '../../../system/errors.ts';
import type { Settings } from '../../../project/settings.ts';
import { chooseTermination, type OwnTermination } from '../../termination.ts';
import { describeImage } from '../../version.ts';
import type { Engine } from '../../../containers/engine.ts';
import { readCapabilities, type KnownImage } from './image-capabilities.ts';
import { pullImage } from '../../../containers/image-pull.ts';
import type { StartContext } from '../runtime.ts';

/** The images of a start, as the engine knows them, and what follows from them. */
export interface Images extends KnownImage {
  readonly server: string;
  /** None where no container ends TLS. */
  readonly proxy?: string;
  readonly tls: OwnTermination;
  /** Why it is not the usual TLS proxy, as a sentence. */
  readonly note?: string;
}

/**
 * Makes sure that the images of a start are on this machine: Chroma's, and that of the proxy where
 * one ends TLS.
 *
 * @throws ExplainedError `termination-impossible`; those of `pullImage`
 */
export async function pullImages(
  engine: Engine,
  settings: Settings,
  { report, signal }: StartContext,
): Promise<Images> {
  const pull = (setting: 'image' | 'nginxImage' | 'envoyImage'): Promise<string> =>
    pullImage(engine, { image: settings[setting], setting }, report, signal);
  const named = describeImage(settings.image);
  // What cannot be is refused before anything is pulled for it, where the tag tells.
  if (named.version !== undefined) {
    chooseTermination(settings.tlsTermination, named, 'container');
  }
  const server = await pull('image');
  const known = await readCapabilities(engine, settings.image, server, signal);
  const tls = chooseTermination(settings.tlsTermination, known.capabilities, 'container');
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
