import { relative } from 'node:path';
import type { RestoreResult } from '../certificates/restore.ts';
import type { FormerTrust } from './former-trust.ts';
import { formatDate } from './wording.ts';

/** What is in place again, how long it holds, and what became of what was there and its trust. Pure. */
export function describeRestored(
  { facts, files, backup }: RestoreResult,
  workspace: string,
  former?: FormerTrust,
): string {
  return [
    `The certificate for ${facts.names.join(', ') || 'no name at all'} is restored, valid until ${formatDate(facts.notAfter)}.`,
    `Clients verify it with ${relative(workspace, files.ca)}.`,
    ...(former ? [former.message] : []),
    ...(backup === undefined
      ? []
      : [`The previous files are kept in ${relative(workspace, backup)}.`]),
  ].join(' ');
}
