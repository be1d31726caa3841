import { LABELS } from './docker-commands.ts';
import type { Observation, ServerFacts, TlsTermination } from './runtime.ts';

/** The part of `docker inspect` that is read here. */
export interface InspectedContainer {
  readonly Id: string;
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly StartedAt: string;
    readonly Error?: string;
  };
  readonly Config: { readonly Labels?: Readonly<Partial<Record<string, string>>> | null };
}

/** What `docker inspect --format {{json .}}` printed: one object a line. */
export function parseInspected(stdout: string): readonly InspectedContainer[] {
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as InspectedContainer);
}

/** What a workspace's containers say together. Pure. `exited` has no log yet: asking is apart. */
export function readObservation(containers: readonly InspectedContainer[]): Observation {
  const server = byRole(containers, 'server');
  if (!server) return { kind: 'none' };
  const facts = readFacts(server);
  // Created, never started: the start it belonged to was broken off, so there is no server.
  if (server.State.Status === 'created') return { kind: 'none' };
  if (hasEnded(server)) return exited(server, facts, 'Chroma server');
  if (facts.tls === 'uvicorn') return { kind: 'running', server: facts };
  const proxy = byRole(containers, 'proxy');
  if (proxy && hasEnded(proxy)) return exited(proxy, facts, 'nginx proxy');
  return { kind: 'running', server: facts };
}

function byRole(
  containers: readonly InspectedContainer[],
  role: string,
): InspectedContainer | undefined {
  return containers.find(({ Config }) => Config.Labels?.[LABELS.role] === role);
}

function hasEnded({ State }: InspectedContainer): boolean {
  return State.Status === 'exited' || State.Status === 'dead';
}

function exited(container: InspectedContainer, server: ServerFacts, part: string): Observation {
  return { kind: 'exited', server, part, exitCode: container.State.ExitCode, lastLog: [] };
}

function readFacts({ Id, State, Config }: InspectedContainer): ServerFacts {
  const label = (name: string): string => Config.Labels?.[name] ?? '';
  return {
    id: `${Id}@${State.StartedAt}`,
    runtime: 'docker',
    image: label(LABELS.image),
    tls: label(LABELS.tls) as TlsTermination,
    bindAddress: label(LABELS.bindAddress),
    port: Number(label(LABELS.port)),
    startedAt: Date.parse(State.StartedAt),
  };
}
