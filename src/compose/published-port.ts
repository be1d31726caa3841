import { isIP } from 'node:net';
import { readPorts, type ServicePort } from '../containers/compose/service-ports.ts';
import { withDefaults } from '../containers/compose/variables.ts';
import { CONTAINER_PORTS } from '../proxy/tls-proxy.ts';
import type { YamlMap } from '../system/yaml/yaml-value.ts';

/** Where a service is published, as a user wrote it: each part may be a variable of Compose. */
interface PublishedPort {
  /** None where the user names none: then it is every address of the machine. */
  readonly address?: string;
  readonly port: string;
}

/** Where a service publishes Chroma: its port or that of a TLS proxy, else the first it has. Pure. */
export function findPublishedPort(service: YamlMap): PublishedPort | undefined {
  const usual = [CONTAINER_PORTS.chroma, CONTAINER_PORTS.tls].map(String);
  const ports = readPorts(service);
  const isUsual = ({ target }: ServicePort): boolean => usual.includes(withDefaults(target));
  for (const { published: port = '', address = '' } of [...ports.filter(isUsual), ...ports]) {
    const hasAddress = isIP(address) !== 0 || address.includes('$');
    // A range is not kept.
    if (/^\d+$/.test(port) || port.includes('$'))
      return { port, ...(hasAddress ? { address } : {}) };
  }
  return undefined;
}
