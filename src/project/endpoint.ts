import { parseServerName, urlHost } from './domain.ts';

/** The address clients use, such as `https://localhost:8000`; an IPv6 host gets its brackets. */
export function endpointUrl(domain: string, port: number): string {
  return `https://${urlHost(parseServerName(domain))}:${port}`;
}

/** The address to connect to for something bound to `bindAddress`: "any" means this machine. */
export function connectAddress(bindAddress: string): string {
  // Empty where an engine says so of every address.
  if (bindAddress === '0.0.0.0' || bindAddress === '') return '127.0.0.1';
  return bindAddress === '::' ? '::1' : bindAddress;
}
