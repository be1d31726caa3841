import { relative } from 'node:path';
import type { ImportPlan } from '../certificates/import-plan.ts';
import type { ImportResult } from '../certificates/import.ts';
import { readNames } from '../certificates/names.ts';
import { formatDate } from './wording.ts';

/** What was put in place, how long it holds, and what became of what was there. */
export function describeImported(
  { leaf }: Pick<ImportPlan, 'leaf'>,
  { files, backup }: ImportResult,
  workspace: string,
): string {
  const names = readNames(leaf).servers.join(', ') || 'no name at all';
  return [
    `The certificate for ${names} is imported, valid until ${formatDate(new Date(leaf.validTo))}.`,
    `Clients verify it with ${relative(workspace, files.ca)}.`,
    ...(backup === undefined
      ? []
      : [`The previous files are kept in ${relative(workspace, backup)}.`]),
  ].join(' ');
}
