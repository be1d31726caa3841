import type { RestoreResult } from '../../certificates/restore.ts';
import type { FormerTrust } from './former-trust.ts';
import { describePlaced } from './imported-message.ts';

/** What is in place again, how long it holds, and what became of what was there and its trust. Pure. */
export function describeRestored(
  result: RestoreResult,
  workspace: string,
  former?: FormerTrust,
): string {
  const { names, notAfter } = result.facts;
  return describePlaced({ names, how: 'restored', notAfter }, result, workspace, former);
}
