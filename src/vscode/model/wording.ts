import type { StartStep } from '../../chroma/runtimes/runtime.ts';
import type { RuntimeKind, TlsTermination } from '../../chroma/server-facts.ts';
import type { State } from '../../chroma/status/status.ts';

/** One word for a state, the same on every surface. */
export function nameState(state: State): string {
  switch (state) {
    case 'checking':
      return 'Checking…';
    case 'unconfigured':
      return 'Not set up';
    case 'stopped':
      return 'Stopped';
    case 'starting':
      return 'Starting';
    case 'healthy':
      return 'Healthy';
    case 'degraded':
      return 'Degraded';
    case 'unreachable':
      return 'Unreachable';
    case 'stopping':
      return 'Stopping';
    case 'failed':
      return 'Failed';
  }
}

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
      return withProgress('Installing a private Python environment', step.progress);
    case 'creating':
      return withProgress('Creating the server', step.note);
    case 'heartbeat':
      return 'Waiting for the first heartbeat';
    case 'elsewhere':
      return 'Another window or terminal is starting it';
  }
}

/** The same in as few words as a status bar wants. */
export function abbreviateStep(step: StartStep): string {
  switch (step.kind) {
    case 'waiting':
      return 'Waiting for its turn';
    case 'choosing':
      return 'Starting';
    case 'certificate':
      return 'Making certificate';
    case 'pulling':
      return 'Pulling image';
    case 'installing':
      return 'Installing';
    case 'creating':
      return 'Creating server';
    case 'heartbeat':
      return 'Waiting for heartbeat';
    case 'elsewhere':
      return 'Starting elsewhere';
  }
}

/** A runtime as a user knows it. */
export function nameRuntime(runtime: RuntimeKind): string {
  switch (runtime) {
    case 'docker':
      return 'Container';
    case 'compose':
      return 'Docker Compose';
    case 'local':
      return 'Local program';
    case 'external':
      return 'Someone else’s server';
  }
}

/** What `image` stands for in a server's facts. */
export function nameImage({ runtime }: { readonly runtime: RuntimeKind }): string {
  return runtime === 'local' ? 'Program' : 'Image';
}

/** Who ends TLS, and where. */
export function describeTermination(termination: TlsTermination): string {
  switch (termination) {
    case 'uvicorn':
      return 'uvicorn inside the server';
    case 'nginx':
      return 'nginx beside the server';
    case 'envoy':
      return 'Envoy beside the server';
    case 'other':
      return 'Set up by someone else';
    case 'embedded':
      return 'Chroma TLS before the server';
  }
}

/** A day, the same wherever one reads it. */
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
