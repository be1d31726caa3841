import { planRenewal, type RenewalPlan } from '../../certificates/public/renewal-plan.ts';
import { isExternal, type KnownRenewal, type Snapshot } from './snapshot.ts';

/** The renewal a user is told about. */
export interface ShownRenewal extends KnownRenewal {
  readonly plan: RenewalPlan;
}

/**
 * Who renews the certificate, and when; undefined where there is none, or where someone else serves
 * theirs. Pure.
 *
 * @param now milliseconds since 1970
 */
export function shownRenewal(snapshot: Snapshot, now: number): ShownRenewal | undefined {
  const { certificate, renewal } = snapshot;
  if (certificate.kind !== 'present' || !renewal || isExternal(snapshot)) return undefined;
  return { ...renewal, plan: planRenewal(renewal.source, certificate.facts, renewal.record, now) };
}
