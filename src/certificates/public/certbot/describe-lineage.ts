import { explain } from '../../../system/errors.ts';
import { readNames } from '../../inspect/certificate-names.ts';
import { describeExpiry } from '../../inspect/expiry.ts';
import type { ListedLineage } from './lineages.ts';

/** What a lineage is good for, and until when, or what is wrong with it. Pure. */
export function describeLineage(lineage: ListedLineage, now: number): string {
  if ('problem' in lineage) return explain(lineage.problem);
  const { leaf } = lineage.content;
  const names = readNames(leaf).servers.join(', ');
  return `${names}; ${describeExpiry(new Date(leaf.validTo), now)}`;
}
