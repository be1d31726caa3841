import type { IncomingHttpHeaders } from 'node:http';

/**
 * When a server wants to be asked again (RFC 9110, section 10.2.3); undefined where it does not say.
 * Pure.
 */
export function readRetryAfter(headers: IncomingHttpHeaders, now: Date): Date | undefined {
  const text = headers['retry-after']?.trim();
  if (text === undefined || text === '') return undefined;
  const time = /^\d+$/.test(text) ? now.getTime() + Number(text) * 1000 : Date.parse(text);
  return Number.isFinite(time) && Math.abs(time) < 8.64e15 ? new Date(time) : undefined;
}
