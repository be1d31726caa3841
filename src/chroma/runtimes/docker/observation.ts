import type { ProblemText } from '../../../system/errors.ts';
import {
  findPublisher,
  hasEnded,
  isFresh,
  startOf,
  type InspectedContainer,
} from '../../../containers/inspected-container.ts';
import { LABELS } from './commands.ts';
import {
  isStopCode,
  type Observation,
  type ServerFacts,
  type TlsTermination,
} from '../../server-facts.ts';

export type Role = 'server' | 'proxy';

/** The container of a workspace that has a role. Pure. */
export function findByRole<Container extends InspectedContainer>(
  containers: readonly Container[],
  role: Role,
): Container | undefined {
  return containers.find(({ Labels }) => Labels?.[LABELS.role] === role);
}

/**
 * What a workspace's containers say together. Pure. `exited` has no log yet: asking is apart.
 *
 * @param isProxyUp whether the embedded proxy answers; no container tells
 * @param isStarting whether the start of which a proxy is a part may still be under way
 */
export function readObservation(
  containers: readonly InspectedContainer[],
  isProxyUp: boolean,
  isStarting = true,
): Observation {
  const server = findByRole(containers, 'server');
  // Created, never started: the start it belonged to was broken off, so there is no server.
  if (!server || isFresh(server) || isLeaving(server)) return { kind: 'none' };
  const facts = readFacts(server);
  if (hasEnded(server)) {
    const seen = exited(server, facts, 'Chroma server');
    return endedByStop(server) ? { ...seen, stopped: true } : seen;
  }
  if (isPaused(server))
    return { kind: 'impaired', server: facts, problem: paused('Chroma server') };
  switch (facts.tls) {
    case 'embedded':
      return isProxyUp
        ? { kind: 'running', server: facts }
        : { kind: 'exited', server: facts, part: 'TLS proxy', lastLog: [] };
    case 'nginx':
    case 'envoy':
      return observeProxy(findByRole(containers, 'proxy'), server, facts, isStarting);
    case 'uvicorn':
    case 'other':
      return { kind: 'running', server: facts };
  }
}

function observeProxy(
  proxy: InspectedContainer | undefined,
  server: InspectedContainer,
  facts: ServerFacts,
  isStarting: boolean,
): Observation {
  const part = facts.tls === 'envoy' ? 'Envoy proxy' : 'nginx proxy';
  if (!proxy || isLeaving(proxy)) {
    return { kind: 'impaired', server: facts, problem: removed(part) };
  }
  if (isFresh(proxy)) {
    // It follows in a moment: the server is always started first.
    if (isStarting) return { kind: 'running', server: facts };
    return { kind: 'impaired', server: facts, problem: brokenOff(part) };
  }
  if (hasEnded(proxy)) return exited(proxy, facts, part);
  if (isPaused(proxy)) return { kind: 'impaired', server: facts, problem: paused(part) };
  // A server that was started again has a new network namespace; the proxy is still in the old one.
  if (startOf(proxy) < startOf(server)) {
    return { kind: 'impaired', server: facts, problem: cutOff(part) };
  }
  return { kind: 'running', server: facts };
}

/** The running container that publishes a port of this machine, in a user's words. Pure. */
export function describePublisher(
  containers: readonly InspectedContainer[],
  port: number,
): string | undefined {
  const holder = findPublisher(containers, port);
  if (!holder) return undefined;
  const name = `${holder.Name.replace(/^\//, '')} (${holder.Image})`;
  const folder = holder.Labels?.[LABELS.folder];
  return folder === undefined
    ? `the container ${name}`
    : `the Chroma server of ${folder}, the container ${name}`;
}

function isLeaving({ State }: InspectedContainer): boolean {
  return State.Status === 'removing';
}

function isPaused({ State }: InspectedContainer): boolean {
  return State.Status === 'paused';
}

/** By itself when it was asked to, or by an interrupt or a termination that it did not handle. */
function endedByStop({ State }: InspectedContainer): boolean {
  return ['exited', 'stopped'].includes(State.Status) && isStopCode(State.ExitCode);
}

function exited(
  container: InspectedContainer,
  server: ServerFacts,
  part: string,
): Extract<Observation, { kind: 'exited' }> {
  return { kind: 'exited', server, part, exitCode: container.State.ExitCode, lastLog: [] };
}

function paused(part: string): ProblemText {
  return {
    code: 'server-paused',
    what: `The ${part} is paused.`,
    why: 'Someone paused its container.',
    next: 'Unpause it there, or start the server again; the data stays.',
    action: 'startServer',
  };
}

function removed(part: string): ProblemText {
  return {
    code: 'proxy-removed',
    what: `The ${part} in front of Chroma is gone.`,
    why: 'Someone removed its container.',
    next: 'Start the server again; the data stays.',
    action: 'startServer',
  };
}

function brokenOff(part: string): ProblemText {
  return {
    code: 'start-broken-off',
    what: 'The last start was broken off.',
    why: `Chroma runs, but the ${part} in front of it was never started: the window or terminal was closed or killed.`,
    next: 'Start the server again; the data stays.',
    action: 'startServer',
  };
}

function cutOff(part: string): ProblemText {
  return {
    code: 'proxy-cut-off',
    what: `The ${part} has lost its connection to Chroma.`,
    why: 'The container of the server was restarted from outside, alone, and so got a new network.',
    next: 'Start the server again; the data stays.',
    action: 'startServer',
  };
}

/** A container's label may say anything. */
const TERMINATIONS: readonly TlsTermination[] = ['uvicorn', 'nginx', 'envoy', 'embedded'];

function readFacts(container: InspectedContainer): ServerFacts {
  const { Id, State, Labels } = container;
  const label = (name: string): string => Labels?.[name] ?? '';
  const generation = label(LABELS.generation);
  return {
    id: `${Id}@${State.StartedAt}`,
    runtime: 'docker',
    image: label(LABELS.image),
    ...(generation === 'python' || generation === 'rust' ? { generation } : {}),
    tls: TERMINATIONS.find((tls) => tls === label(LABELS.tls)) ?? 'other',
    bindAddress: label(LABELS.bindAddress),
    port: Number(label(LABELS.port)),
    startedAt: startOf(container),
  };
}
