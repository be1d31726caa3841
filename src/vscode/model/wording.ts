import type { StartStep } from '../../chroma/runtimes/runtime.ts';
import type { RuntimeKind, TlsTermination } from '../../chroma/server-facts.ts';

/** What a start is doing, for a progress notification. */
export function describeStep(step: StartStep): string {
  switch (step.kind) {
    case 'waiting':
      return step.text;
    case 'choosing':
      return step.chosen ?? 'Choosing the runtime';
    case 'certificate':
      return 'Making the certificate';
    case 'pulling':
      return withProgress(`Pulling ${step.image}`, step.progress);
    case 'installing':
      return withProgress('Installing Chroma', step.progress);
    case 'creating':
      return withProgress('Creating the server', step.note);
    case 'heartbeat':
      return 'Waiting for the first heartbeat';
    case 'elsewhere':
      return 'Another window or terminal is starting it';
  }
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

function withProgress(text: string, progress: string | undefined): string {
  return progress === undefined || progress === '' ? text : `${text}: ${progress}`;
}
