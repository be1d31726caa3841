import type { Observation } from '../chroma/server-facts.ts';
import { isExternal, type Snapshot } from '../chroma/status/snapshot.ts';
import type { Verb } from './arguments.ts';

/**
 * What `stop` came to, by what is seen after it. Pure.
 *
 * @param seen what there was of our own before
 */
export function describeStop(
  seen: Observation,
  after: Snapshot,
  containerCommand: string,
): { readonly text: string; readonly isWell: boolean } {
  const { observation } = after;
  if (isExternal(after)) {
    const own =
      seen.kind === 'none'
        ? 'Nothing of this folder’s own runs.'
        : 'The server of this folder’s own is stopped.';
    const text = `${own} Someone else runs the one that is set, which goes on.`;
    return { text, isWell: true };
  }
  if (observation.kind === 'running' || observation.kind === 'impaired') {
    return { text: 'It still runs, or runs again: chroma-tls status says how.', isWell: false };
  }
  if (seen.kind === 'none') {
    const text = `No server of this folder was found, neither with ${containerCommand} nor without containers.`;
    return { text, isWell: true };
  }
  return { text: 'Stopped. The data stays.', isWell: true };
}

/** What a user who cancelled a verb is told, by what is seen after it. Pure. */
export function describeCancellation(verb: Verb, { observation }: Snapshot): string {
  const isGone = observation.kind === 'none' && observation.unavailable === undefined;
  switch (verb) {
    case 'start':
      return isGone
        ? 'Cancelled; nothing was left half-way.'
        : 'Cancelled, but something of the server may be left: chroma-tls stop ends it.';
    case 'stop':
      return isGone
        ? 'Cancelled, but the server had ended by then.'
        : 'Cancelled; the server may still run: chroma-tls status says how it is.';
    case 'request':
      return 'Cancelled. An order that was placed is kept: the same request goes on with it.';
    case 'clean':
      return 'Cancelled. What is gone by now stays gone; chroma-tls clean removes the rest.';
    default:
      return 'Cancelled.';
  }
}
