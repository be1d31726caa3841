import { isIP } from 'node:net';
import type { Capabilities } from './version.ts';

/** Whether only this machine reaches an address. */
export function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/**
 * What a user should know of a server that others can reach; none where nobody else can, or where
 * the line is not affected. Pure.
 *
 * @param bindAddress empty where an engine says so of every address
 */
export function describeExposure(
  { generation }: Pick<Capabilities, 'generation'>,
  bindAddress: string,
): string | undefined {
  return generation === 'python' && !isLoopback(bindAddress)
    ? `Others can reach this server at ${bindAddress || 'every address of this machine'}, and Chroma 0.x lets anyone who reaches it run programs in it without a password (CVE-2026-45833). Set chromaTls.bindAddress to 127.0.0.1, or choose a Chroma 1.x image.`
    : undefined;
}
