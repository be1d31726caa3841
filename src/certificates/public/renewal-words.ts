import { describeMoment } from '../../system/moment-text.ts';
import { findKnownDirectory } from './acme/known-directories.ts';
import type { RenewalPlan } from './renewal-plan.ts';
import type { RenewalRecord } from './renewal-record.ts';
import type { RenewalSource } from './renewal-source.ts';

/** A source in a few words, such as `ACME (Let’s Encrypt)`. Pure. */
export function describeSource(source: RenewalSource): string {
  switch (source.kind) {
    case 'own-authority':
      return 'This folder’s authority';
    case 'self-signed':
      return 'Self-signed';
    case 'imported':
      return 'Imported';
    case 'acme':
      return `ACME (${findKnownDirectory(source.directory)?.name ?? hostOf(source.directory)})`;
    case 'certbot':
      return `certbot (${source.lineage})`;
    case 'acm':
      return `AWS Certificate Manager (${source.region})`;
  }
}

/** When the next renewal is due, and by whose word. Pure. */
export function describePlan({ due, why, overdue }: RenewalPlan): string {
  if (due === undefined)
    return 'It cannot be renewed here: get the next one from its issuer, and import that.';
  const when = overdue ? 'Due now' : `Due on ${describeMoment(due)}`;
  return `${when}: ${REASONS[why]}.`;
}

/** What came of the last attempt, as a sentence; undefined before the first. Pure. */
export function describeAttempt({ last }: RenewalRecord): string | undefined {
  if (!last) return undefined;
  const at = describeMoment(new Date(last.at));
  if (!last.ok) return `The last attempt failed on ${at}: ${last.problem.what}`;
  return last.unchanged ? `There was none newer on ${at}.` : `Renewed on ${at}.`;
}

const REASONS: Readonly<Record<RenewalPlan['why'], string>> = {
  ari: 'its authority has named that time',
  'two-thirds': 'two thirds of its lifetime are over then',
  'by certbot': 'certbot renews it, and what it has is taken',
  'by AWS': 'AWS renews it, and it is exported again',
  never: 'never',
};

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url;
}
