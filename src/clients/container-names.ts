import { isIP } from 'node:net';
import type { Connection } from './connection.ts';

/** The usual name of Chroma's service in a Compose file. */
export const COMPOSE_SERVICE = 'chroma';

/** What an engine's containers call the machine that it runs on. */
const HOSTS = { docker: 'host.docker.internal', podman: 'host.containers.internal' } as const;

/**
 * The name by which a container reaches a server on its own machine. A domain of the user's own is
 * told to the container; `localhost` and addresses mean something else there.
 */
export function nameOfHost({ host, engine = 'docker' }: Connection): string {
  const isOwn = isIP(host.replace(/^\[|\]$/g, '')) === 0 && !/(^|\.)localhost$/.test(host);
  return isOwn ? host : HOSTS[engine];
}

/** Whether the certificate is there and would be refused by that name. */
export function lacksName({ names }: Connection, name: string): boolean {
  const parent = name.replace(/^[^.]+/, '*');
  return names !== undefined && !names.includes(name) && !names.includes(parent);
}
