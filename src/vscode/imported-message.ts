import { relative } from 'node:path';
import type { ImportPlan } from '../certificates/import-plan.ts';
import type { ImportResult } from '../certificates/import.ts';
import { readNames } from '../certificates/names.ts';
import type { FormerTrust } from './former-trust.ts';
import { formatDate } from './wording.ts';

/** What was put in place, how long it holds, and what became of what was there and its trust. */
export function describeImported(
  { leaf }: Pick<ImportPlan, 'leaf'>,
  { files, backup }: ImportResult,
  workspace: string,
  former?: FormerTrust,
): string {
  const names = readNames(leaf).servers.join(', ') || 'no name at all';
  return [
    `The certificate for ${names} is imported, valid until ${formatDate(new Date(leaf.validTo))}.`,
    `Clients verify it with ${relative(workspace, files.ca)}.`,
    ...(former ? [former.message] : []),
    ...(backup === undefined
      ? []
      : [`The previous files are kept in ${relative(workspace, backup)}.`]),
  ].join(' ');
}
