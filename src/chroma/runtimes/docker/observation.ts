import type { Problem } from '../../../system/errors.ts';
import {
  findPublisher,
  hasEnded,
  isFresh,
  startOf,
  type InspectedContainer,
} from '../../../containers/inspected-container.ts';
import { LABELS, type Role } from '../container-labels.ts';
import {
  isStopCode,
  type Observation,
  type ServerFacts,
  type TlsTermination,
} from '../../server-facts.ts';

/** The container of a workspace that has a role. Pure. */
export function findByRole<Container extends InspectedContainer>(
  containers: readonly Container[],
  role: Role,
): Container | undefined {
  return containers.find(({ Labels }) => Labels?.[LABELS.role] === role);
}

/**
 * What a workspace's containers say together. Pure. `exited` has no log yet, which is asked for apart.
 *
 * @param isProxyUp whether the embedded proxy answers; no container tells
 * @param isStarting whether the start of which a proxy is a part may still be under way
 */
export function readObservation(
  containers: readonly InspectedContainer[],
  isProxyUp: boolean,
  isStarting = true,
): Observation {
  const container = findByRole(containers, 'server');
  // Created and never started: its start was broken off, so there is no server.
  if (!container || isFresh(container) || isLeaving(container)) return { kind: 'none' };
  const server = readServerFacts(container);
  if (hasEnded(container)) {
    const seen = exited(container, server, 'Chroma server');
    return endedByStop(container) ? { ...seen, stopped: true } : seen;
  }
  if (isPaused(container))
    return { kind: 'impaired', server, problem: explainPaused('Chroma server') };
  switch (server.tls) {
    case 'embedded':
      return isProxyUp
        ? { kind: 'running', server }
        : { kind: 'exited', server, part: 'TLS proxy', lastLog: [] };
    case 'nginx':
    case 'envoy':
      return observeProxy(findByRole(containers, 'proxy'), container, server, isStarting);
    case 'uvicorn':
    case 'other':
      return { kind: 'running', server };
  }
}

function observeProxy(
  proxy: InspectedContainer | undefined,
  container: InspectedContainer,
  server: ServerFacts,
  isStarting: boolean,
): Observation {
  const part = server.tls === 'envoy' ? 'Envoy proxy' : 'nginx proxy';
  if (proxy && hasEnded(proxy)) return exited(proxy, server, part);
  const problem = findProxyProblem(proxy, container, part, isStarting);
  return problem ? { kind: 'impaired', server, problem } : { kind: 'running', server };
}

function findProxyProblem(
  proxy: InspectedContainer | undefined,
  server: InspectedContainer,
  part: string,
  isStarting: boolean,
): Problem | undefined {
  if (!proxy || isLeaving(proxy)) {
    return startAgain({
      code: 'proxy-removed',
      what: `The ${part} in front of Chroma is gone.`,
      why: 'Someone removed its container.',
    });
  }
  if (isFresh(proxy)) {
    // The server is always started first, and the proxy a moment later.
    if (isStarting) return undefined;
    return startAgain({
      code: 'start-broken-off',
      what: 'The last start was broken off.',
      why: `The window or terminal was closed before the ${part} was started.`,
    });
  }
  if (isPaused(proxy)) return explainPaused(part);
  // A server that was started again has a new network namespace; the proxy is still in the old one.
  if (startOf(proxy) >= startOf(server)) return undefined;
  return startAgain({
    code: 'proxy-cut-off',
    what: `The ${part} has lost its connection to Chroma.`,
    why: 'Someone restarted the container of Chroma alone.',
  });
}

/** The running container that publishes a port of this machine, in a user's words. Pure. */
export function describePublisher(
  containers: readonly InspectedContainer[],
  port: number,
): string | undefined {
  const holder = findPublisher(containers, port);
  if (!holder) return undefined;
  const name = `the container ${holder.Name.replace(/^\//, '')} (${holder.Image})`;
  const folder = holder.Labels?.[LABELS.folder];
  return folder === undefined ? name : `the Chroma server of ${folder}, ${name}`;
}

function isLeaving({ State }: InspectedContainer): boolean {
  return State.Status === 'removing';
}

function isPaused({ State }: InspectedContainer): boolean {
  return State.Status === 'paused';
}

/** When it was asked to, or by an interrupt or a termination that it did not handle. */
function endedByStop({ State }: InspectedContainer): boolean {
  return ['exited', 'stopped'].includes(State.Status) && isStopCode(State.ExitCode);
}

function exited(
  { State }: InspectedContainer,
  server: ServerFacts,
  part: string,
): Extract<Observation, { kind: 'exited' }> {
  return { kind: 'exited', server, part, exitCode: State.ExitCode, lastLog: [] };
}

function explainPaused(part: string): Problem {
  return {
    code: 'server-paused',
    what: `The ${part} is paused.`,
    why: 'Someone paused its container.',
    next: 'Unpause it; nothing is lost.',
    action: 'unpauseServer',
  };
}

function startAgain(problem: Problem): Problem {
  return { ...problem, next: 'Start the server again; the data stays.', action: 'startServer' };
}

/** A container's label may say anything. */
const TERMINATIONS: readonly TlsTermination[] = ['uvicorn', 'nginx', 'envoy', 'embedded'];

function readServerFacts(container: InspectedContainer): ServerFacts {
  const { Id, State, Labels } = container;
  const label = (name: string): string => Labels?.[name] ?? '';
  const generation = label(LABELS.generation);
  return {
    id: `${Id}@${State.StartedAt}`,
    runtime: 'docker',
    image: label(LABELS.image),
    ...(generation === 'python' || generation === 'rust' ? { generation } : {}),
    tls: TERMINATIONS.find((tls) => tls === label(LABELS.tls)) ?? 'other',
    ...(label(LABELS.token) === '' ? {} : { asksForToken: true }),
    ...(label(LABELS.corsOrigins) === ''
      ? {}
      : { corsOrigins: label(LABELS.corsOrigins).split(' ') }),
    bindAddress: label(LABELS.bindAddress),
    port: Number(label(LABELS.port)),
    startedAt: startOf(container),
  };
}
