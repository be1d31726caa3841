import { DEFAULT_SETTINGS } from '../project/settings.ts';
import { describeImage, type Generation } from './version.ts';

/** An image a user can choose, with what they should know before they do. */
export interface ImageChoice {
  readonly image: string;
  readonly generation: Generation;
  /** In a word or two: why one would. */
  readonly reason: string;
  /** Who ends TLS, what speaks against it. */
  readonly consequences: string;
}

const REASONS: Readonly<Record<string, string>> = {
  [DEFAULT_SETTINGS.image]: 'today’s line, recommended',
  'chromadb/chroma:1.0.20': 'the first of today’s line',
  'chromadb/chroma:0.6.3': 'the last one in Python',
  'chromadb/chroma:0.5.23': 'the last 0.5',
  'chromadb/chroma:0.5.13': 'the one of the Chroma cookbook',
  'chromadb/chroma:0.4.24': 'the last 0.4',
};

/**
 * The images to choose from: one for each line and generation, and the one that is set, first.
 * Pure.
 *
 * @param present the image that is set
 */
export function listImageChoices(present: string): readonly ImageChoice[] {
  return [...new Set([present, ...Object.keys(REASONS)])].map((image) => ({
    image,
    generation: describeImage(image).generation,
    reason: REASONS[image] ?? 'your own choice',
    consequences: describeConsequences(image),
  }));
}

/** What follows from an image for TLS and safety, in one line. Pure. */
function describeConsequences(image: string): string {
  const { version, generation } = describeImage(image);
  if (version === undefined) {
    return 'Its tag does not name a version: what it runs says whether it is 0.x or 1.x, once it is here.';
  }
  return generation === 'rust'
    ? 'Rust server. TLS by a TLS proxy beside it; no authentication of its own.'
    : 'Python server. TLS by uvicorn itself. Who reaches its port can run programs in it (CVE-2026-45833), so keep it on loopback.';
}
