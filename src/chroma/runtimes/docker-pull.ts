import { ExplainedError } from '../../errors.ts';
import type { Engine } from './docker-engine.ts';
import { explainPullFailure } from './docker-problems.ts';
import { PullProgress } from './docker-pull-progress.ts';
import type { StartStep } from './runtime.ts';

/** An image, and the setting that names it. */
export interface WantedImage {
  readonly image: string;
  readonly setting: 'image' | 'nginxImage' | 'envoyImage' | 'certificate.engine';
}

/**
 * Makes sure an image is on this machine; what is there already is not asked for again. A pull
 * that is cancelled ends in the engine too.
 *
 * @returns the image as the engine is to be told of it
 * @throws ExplainedError `image-unknown`, `image-unauthorised`, `image-unreachable`, …
 */
export async function pullImage(
  engine: Engine,
  { image, setting }: WantedImage,
  report: (step: StartStep) => void,
  signal: AbortSignal,
): Promise<string> {
  const known = await engine.run(['image', 'inspect', '--format', '{{.Id}}', image], signal);
  if (known.exitCode === 0) return image;
  const reference = (await engine.kind()) === 'podman' ? qualifyImage(image) : image;
  report({ kind: 'pulling', image });
  const progress = new PullProgress();
  const pulled = await engine.runAtLength(
    ['pull', reference],
    (line) => {
      const seen = progress.read(line);
      if (seen !== undefined) report({ kind: 'pulling', image, progress: seen });
    },
    signal,
  );
  if (pulled.exitCode === 0) return reference;
  throw new ExplainedError(explainPullFailure(engine.program, { image, setting }, pulled.stderr));
}

/**
 * The full name of an image, as Docker understands a short one. Podman asks the person which
 * registry a short name is of, or refuses it. Pure.
 */
export function qualifyImage(image: string): string {
  const [first = '', ...rest] = image.split('/');
  if (rest.length === 0) return `docker.io/library/${image}`;
  return /[.:]/.test(first) || first === 'localhost' ? image : `docker.io/${image}`;
}
