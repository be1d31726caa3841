import type { StartStep } from '../../../chroma/runtimes/runtime.ts';
import type { RuntimeKind, TlsTermination } from '../../../chroma/server-facts.ts';

/** What a start is doing, for a progress notification: one thing, that fits on its line. Pure. */
export function describeStep(step: StartStep): string {
  switch (step.kind) {
    case 'waiting':
      return 'Waiting for another window or terminal';
    case 'choosing':
      return 'Choosing the runtime';
    case 'certificate':
      return 'Making the certificate';
    case 'pulling':
      return `Pulling ${shorten(step.image, IMAGE_LENGTH)}${inBrackets(step.progress)}`;
    case 'installing':
      return `Installing Chroma${inBrackets(describeInstalling(step))}`;
    case 'creating':
      return 'Creating the server';
    case 'heartbeat':
      return 'Waiting for the first heartbeat';
    case 'elsewhere':
      return 'Another window or terminal starts it';
  }
}

/** How far a step is, from 0 to 1, where that is known. Pure. */
export function stepFraction(step: StartStep): number | undefined {
  return 'fraction' in step ? step.fraction : undefined;
}

/** Progress is read at a glance. */
const LINE = 59;
/** `chromadb/chroma:1.5.9` is whole. */
const IMAGE_LENGTH = 21;
/** `Downloading 65.2 MB` is whole. */
const INSTALLING_LENGTH = 20;

/** What is being done, short enough for a progress notification: without its reasons. Pure. */
export function asProgress(text: string): string {
  if (text.length <= LINE) return text;
  const [done = text] = text.split(/[:;,] /, 1);
  return shorten(done, LINE);
}

/** A text of at most that many characters: where it is longer, its middle is left out. Pure. */
export function shorten(text: string, length: number): string {
  const characters = Array.from(text);
  if (characters.length <= length) return text;
  // The end of a name tells more than its start: a tag, a file, a domain.
  const end = Math.ceil((length - 1) * 0.6);
  return `${characters.slice(0, length - 1 - end).join('')}…${characters.slice(-end).join('')}`;
}

function describeInstalling({
  progress,
  fraction,
}: Extract<StartStep, { kind: 'installing' }>): string | undefined {
  if (progress !== undefined) return shorten(progress, INSTALLING_LENGTH);
  return fraction === undefined ? undefined : `${Math.floor(fraction * 100)}%`;
}

function inBrackets(text: string | undefined): string {
  return text === undefined || text === '' ? '' : ` (${text})`;
}

export const RUNTIME_NAMES: Readonly<Record<RuntimeKind, string>> = {
  docker: 'Container',
  compose: 'Docker Compose',
  local: 'Local program',
  external: 'Someone else’s server',
};

/** What ends TLS, and where. */
export const TERMINATION_NAMES: Readonly<Record<TlsTermination, string>> = {
  uvicorn: 'uvicorn inside the server',
  nginx: 'nginx beside the server',
  envoy: 'Envoy beside the server',
  other: 'Set up by someone else',
  embedded: 'Chroma TLS in front of the server',
};

/** What `image` stands for in a server's facts. */
export function nameImage({ runtime }: { readonly runtime: RuntimeKind }): string {
  return runtime === 'local' ? 'Program' : 'Image';
}

/** A day, written the same everywhere. */
export function formatDate(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** A round trip; below ten milliseconds the fraction matters. */
export function describeLatency(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : milliseconds.toFixed(0)} ms`;
}
