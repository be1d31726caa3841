import type { Problem } from '../../system/errors.ts';
import type { TrustStore } from './stores/store.ts';

/** What one store says of the workspace's authority. */
export interface StoreTrust extends Pick<
  TrustStore,
  'id' | 'name' | 'location' | 'users' | 'needsRoot'
> {
  readonly state: 'trusted' | 'not-trusted' | 'unknown';
  /** Whether it holds a former authority of the workspace. */
  readonly hasFormer: boolean;
  /** Why it is unknown. */
  readonly problem?: Problem;
}

/** What the stores of this machine said when they were last asked. */
export type TrustState = readonly StoreTrust[];

/** `Trusted by system, Chromium; not by Firefox, Java`. Pure. */
export function describeTrust(trust: TrustState): string {
  if (trust.length === 0) return 'No store was found';
  const trusted = listNames(trust, 'trusted');
  const refused = listNames(trust, 'not-trusted');
  const unknown = listNames(trust, 'unknown');
  const parts = [
    ...(trusted === '' ? [] : [`Trusted by ${trusted}`]),
    ...(refused === '' ? [] : [trusted === '' ? `Not trusted by ${refused}` : `not by ${refused}`]),
    ...(unknown === '' ? [] : [`unknown: ${unknown}`]),
  ];
  return parts.join('; ');
}

/**
 * What still trusts the authority after our own entries were removed, in sentences: somebody else
 * added it. Empty where nothing does. Pure.
 *
 * @param trust what the stores say now, without those that could not be changed
 */
export function describeRemains(trust: TrustState): string {
  const trusted = listNames(trust, 'trusted');
  const unknown = listNames(trust, 'unknown');
  return [
    ...(trusted === ''
      ? []
      : [`Still trusted by ${trusted}: it was not put there for this workspace, so it stays.`]),
    ...(unknown === '' ? [] : [`Whether ${unknown} trusts it is not known.`]),
  ].join(' ');
}

/** The stores that hold a former authority, in a list; empty where there are none. Pure. */
export function listFormer(trust: TrustState): string {
  return [...new Set(trust.filter(({ hasFormer }) => hasFormer).map(({ name }) => name))].join(
    ', ',
  );
}

/** If two profiles of a browser differ, each is named with the last part of its folder. */
function listNames(trust: TrustState, state: StoreTrust['state']): string {
  const names = trust
    .filter((store) => store.state === state)
    .map(({ name, location }) =>
      trust.some((other) => other.name === name && other.state !== state)
        ? `${name} (${location.split(/[\\/]/).at(-1) ?? location})`
        : name,
    );
  return [...new Set(names)].join(', ');
}
