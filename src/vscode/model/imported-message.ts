import { relative } from 'node:path';
import type { ImportPlan } from '../../certificates/import/import-plan.ts';
import type { ImportResult } from '../../certificates/import.ts';
import { readNames } from '../../certificates/inspect/names.ts';
import type { FormerTrust } from './former-trust.ts';
import { formatDate } from './wording.ts';

/** What was put in place, how long it holds, and what became of what was there and its trust. */
export function describeImported(
  { leaf }: Pick<ImportPlan, 'leaf'>,
  result: ImportResult,
  workspace: string,
  former?: FormerTrust,
): string {
  const names = readNames(leaf).servers;
  const placed = { names, how: 'imported', notAfter: new Date(leaf.validTo) };
  return describePlaced(placed, result, workspace, former);
}

/** The same of any certificate that came into the folder whole. Pure. */
export function describePlaced(
  placed: { readonly names: readonly string[]; readonly how: string; readonly notAfter: Date },
  { files, backup }: ImportResult,
  workspace: string,
  former?: FormerTrust,
): string {
  const names = placed.names.join(', ') || 'no name at all';
  return [
    `The certificate for ${names} is ${placed.how}, valid until ${formatDate(placed.notAfter)}.`,
    `Clients verify it with ${relative(workspace, files.ca)}.`,
    ...(former ? [former.message] : []),
    ...(backup === undefined
      ? []
      : [`The previous files are kept in ${relative(workspace, backup)}.`]),
  ].join(' ');
}
