import type { ImageChoice } from '../../chroma/image-choices.ts';
import type { ImageSize } from '../../containers/image-sizes.ts';

/** What is known of an image besides what follows from its version. */
export interface KnownOfImage {
  readonly chosen: string;
  /** The image that runs now. */
  readonly runs?: string | undefined;
  readonly sizes: ReadonlyMap<string, ImageSize>;
}

/** In a few words: whether an image is chosen or runs, why one would, and how large it is. Pure. */
export function describeImageChoice(
  { image, reason }: ImageChoice,
  { chosen, runs, sizes }: KnownOfImage,
): string {
  const size = sizes.get(image);
  return [
    ...(image === chosen ? ['chosen'] : []),
    ...(image === runs ? ['runs now'] : []),
    reason,
    ...(size ? [describeSize(size)] : []),
  ].join(', ');
}

function describeSize({ kind, bytes }: ImageSize): string {
  const megabytes = `${Math.max(1, Math.round(bytes / 1_000_000))} MB`;
  return kind === 'here' ? `here (${megabytes})` : `download ${megabytes}`;
}
