import { isIP } from 'node:net';
import { CONTAINER_PORTS } from '../proxy/tls-proxy.ts';
import { withDefaults } from '../chroma/runtimes/compose/default-values.ts';
import {
  isYamlMap,
  isYamlSequence,
  type YamlMap,
  type YamlValue,
} from '../system/yaml/yaml-text.ts';

/** Where a service is published, as a user wrote it: each part may be a variable of Compose. */
export interface PublishedPort {
  /** None where they named none: then it is every address of the machine. */
  readonly address?: string;
  readonly port: string;
}

interface PortEntry extends Partial<PublishedPort> {
  readonly target: string;
}

/** Where a service publishes Chroma: its port or that of a TLS proxy, else the first it has. Pure. */
export function findPublishedPort({ ports }: YamlMap): PublishedPort | undefined {
  const usual = [CONTAINER_PORTS.chroma, CONTAINER_PORTS.tls].map(String);
  const entries = (isYamlSequence(ports) ? ports : []).map(readEntry);
  const isUsual = ({ target }: PortEntry): boolean => usual.includes(withDefaults(target));
  const found = [...entries.filter(isUsual), ...entries].find(isOnePort);
  if (!found) return undefined;
  const { address, port } = found;
  return { port, ...(address !== undefined && isAddress(address) ? { address } : {}) };
}

function readEntry(entry: YamlValue): PortEntry {
  if (isYamlMap(entry)) {
    const { published, target, host_ip: address } = entry;
    return {
      target: textOf(target),
      ...(published === undefined ? {} : { port: textOf(published) }),
      ...(typeof address === 'string' ? { address } : {}),
    };
  }
  // Colons stand between the parts, in variables, and in IPv6 addresses, which have brackets.
  const parts = textOf(entry).match(/(?:\$\{[^}]*\}|\[[^\]]*\]|[^:])+/g) ?? [];
  const [target = '', port, address] = parts.toReversed();
  return {
    target: target.replace(/\/\w+$/, ''),
    ...(port === undefined ? {} : { port }),
    ...(address === undefined ? {} : { address: address.replace(/^\[|\]$/g, '') }),
  };
}

function isOnePort(entry: PortEntry): entry is PortEntry & PublishedPort {
  const { port } = entry;
  return port !== undefined && (/^\d+$/.test(port) || port.includes('$'));
}

function isAddress(text: string): boolean {
  return isIP(text) !== 0 || text.includes('$');
}

function textOf(value: YamlValue | undefined): string {
  return typeof value === 'object' || value === undefined ? '' : String(value);
}
