import { isIP } from 'node:net';
import { array, boolean, exactOptional, object, string } from 'valibot';
import { ExplainedError, type Problem } from '../system/errors.ts';
import { readJson } from '../system/json.ts';
import { explainAnswer } from './engine-problems.ts';
import { CHECK_TIMEOUT, type Engine } from './engine.ts';

/** Where the engine is that a client has been told to use. */
export interface Endpoint {
  /** Such as `unix:///var/run/docker.sock` or `ssh://user@host`; empty means the client's default. */
  readonly address: string;
  /** How a user chooses an engine of this machine instead, without a full stop. */
  readonly cure: string;
}

/** The connections that Podman has been told of (`podman system connection`). */
const CONNECTIONS = array(
  object({ Name: string(), URI: string(), Default: exactOptional(boolean()) }),
);

/**
 * Where the client finds its engine, as it says itself.
 *
 * @throws ExplainedError where that cannot be told; ProgramNotFoundError; AbortError
 */
export async function readEndpoint(engine: Engine, signal?: AbortSignal): Promise<Endpoint> {
  // Side by side: a client takes a while to start. A program other than Docker refuses the second question.
  const [kind, docker] = await Promise.all([
    engine.kind(signal),
    readDockerEndpoint(engine, signal),
  ]);
  return kind === 'docker' ? docker : readPodmanEndpoint(engine, signal);
}

/**
 * Whether an endpoint is on another machine, whose containers see neither this machine's folders nor
 * its loopback address. An address that leads back here is not, such as that of Podman's own virtual
 * machine, which shares both. Pure.
 */
export function isElsewhere({ address }: Pick<Endpoint, 'address'>): boolean {
  const match = /^(?:tcp|ssh|https?):\/\/(?:[^/]*@)?(\[[^\]]*\]|[^:/]*)/i.exec(address);
  if (!match) return false;
  const host = (match[1] ?? '').replace(/^\[|\]$/g, '').toLowerCase();
  if (['', 'localhost', '::1'].includes(host)) return false;
  return !(isIP(host) === 4 && host.startsWith('127.'));
}

/** The engine is on another machine, where it finds nothing of this one. */
export function explainElsewhere(command: string, { address, cure }: Endpoint): Problem {
  return {
    code: 'engine-elsewhere',
    what: `${command} is set to an engine on another machine (${address}).`,
    why: 'A container there cannot read the certificates in this folder.',
    next: `${cure}, or start the server there and set chromaTls.runtime to external.`,
    action: 'openSettings',
  };
}

/**
 * Where one of Podman's connections leads. Pure.
 *
 * @param listed all of them, as Podman prints them in JSON
 * @param named the one that is used; none where it is the default one
 * @throws ExplainedError `engine-not-understood`
 */
export function findConnection(listed: string, named?: string): Endpoint {
  const connections = readJson(CONNECTIONS, listed);
  if (!connections) throw new ExplainedError(explainAnswer('podman', listed));
  const used = connections.find(({ Name, Default }) =>
    named === undefined ? Default : Name === named,
  );
  const cure =
    named === undefined
      ? `Make another connection than ${used?.Name ?? ''} the default (podman system connection default NAME)`
      : `Unset CONTAINER_CONNECTION, which names ${named}, to use the one of this machine`;
  return { address: used?.URI ?? '', cure };
}

/** Contexts and `DOCKER_HOST` taken into account. */
async function readDockerEndpoint(engine: Engine, signal?: AbortSignal): Promise<Endpoint> {
  const ask = ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'];
  const { exitCode, stdout } = await engine.run(ask, signal, CHECK_TIMEOUT);
  return {
    address: exitCode === 0 ? stdout.trim() : (process.env['DOCKER_HOST'] ?? ''),
    cure: 'Choose an engine of this machine (docker context use default, DOCKER_HOST unset)',
  };
}

/** `CONTAINER_HOST` comes first, then the connection that is named, then the default one. */
async function readPodmanEndpoint(engine: Engine, signal?: AbortSignal): Promise<Endpoint> {
  const { CONTAINER_HOST: host, CONTAINER_CONNECTION: named } = process.env;
  if (host !== undefined) {
    return { address: host, cure: 'Unset CONTAINER_HOST to use the one of this machine' };
  }
  const list = ['system', 'connection', 'list', '--format', 'json'];
  if (named) {
    const { stdout } = await engine.must(list, signal, {}, CHECK_TIMEOUT);
    return findConnection(stdout, named);
  }
  const listed = await engine.run(list, signal, CHECK_TIMEOUT);
  // Before 4.0 Podman lists its connections for people only.
  const endpoint = findConnection(listed.exitCode === 0 ? listed.stdout : '[]');
  if (!isElsewhere(endpoint)) return endpoint;
  // On Linux Podman does the work itself and needs no connection, though a default may be set.
  const ask = ['info', '--format', '{{.Host.ServiceIsRemote}}'];
  const { stdout } = await engine.run(ask, signal, CHECK_TIMEOUT);
  return stdout.trim() === 'false' ? { ...endpoint, address: '' } : endpoint;
}
