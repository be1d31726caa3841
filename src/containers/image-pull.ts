import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainedError } from '../system/errors.ts';
import type { Outcome } from '../system/processes/program.ts';
import { isRunning } from '../system/processes/process-identity.ts';
import type { Engine } from './engine.ts';
import { qualifyImage } from './image-name.ts';
import { explainPullFailure } from './image-pull-problems.ts';
import { PullProgress, type PullAmount } from './image-pull-progress.ts';

/** A pull under way, and how far it is. */
export interface PullStep extends Partial<PullAmount> {
  readonly kind: 'pulling';
  readonly image: string;
}

/** An image, and the setting that names it. */
export interface WantedImage {
  readonly image: string;
  readonly setting: 'image' | 'nginxImage' | 'envoyImage' | 'certificate.engine';
}

/** Whether all these images are on this machine. */
export async function areImagesHere(
  engine: Engine,
  images: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const known = await engine.run(['image', 'inspect', '--format', '{{.Id}}', ...images], signal);
  return known.exitCode === 0;
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
  report: (step: PullStep) => void,
  signal: AbortSignal,
): Promise<string> {
  if (await areImagesHere(engine, [image], signal)) return image;
  const isPodman = (await engine.kind()) === 'podman';
  const reference = isPodman ? qualifyImage(image) : image;
  report({ kind: 'pulling', image });
  const progress = new PullProgress();
  const pull = (env?: Readonly<Record<string, string>>): Promise<Outcome> =>
    engine.runAtLength(
      ['pull', reference],
      (line) => {
        const seen = progress.read(line);
        if (seen !== undefined) report({ kind: 'pulling', image, ...seen });
      },
      signal,
      env,
    );
  const pulled = await (isPodman ? withTemporaryFolder(pull) : pull());
  if (pulled.exitCode === 0) return reference;
  throw new ExplainedError(explainPullFailure(engine.program, { image, setting }, pulled.stderr));
}

/**
 * Podman (4.3) leaves the layers it has when it is ended in the middle of a pull; so it gets a
 * folder for them that goes with it. Elsewhere than on Linux they are in a machine of its own.
 */
async function withTemporaryFolder(
  pull: (env?: Readonly<Record<string, string>>) => Promise<Outcome>,
): Promise<Outcome> {
  if (process.platform !== 'linux') return pull();
  // Its own default: images are too large for a /tmp in memory.
  const temporary = process.env['TMPDIR'] ?? '/var/tmp';
  await removeLeftPulls(temporary);
  const folder = await mkdtemp(join(temporary, `chroma-tls-pull-${process.pid}-`));
  try {
    return await pull({ TMPDIR: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes what pulls of this user left that were killed. Layers are large. */
export async function removeLeftPulls(temporary: string): Promise<void> {
  const names = await readdir(temporary).catch(() => []);
  for (const name of names) {
    const pid = /^chroma-tls-pull-(\d+)-\w+$/.exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const folder = join(temporary, name);
    // Anybody may make a folder there.
    const facts = await lstat(folder).catch(() => undefined);
    if (!facts?.isDirectory() || facts.uid !== process.getuid?.()) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
