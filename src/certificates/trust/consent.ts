import { explain } from '../../system/errors.ts';
import type { Candidate } from './candidate.ts';
import type { StoreTrust, TrustState } from './trust-state.ts';

/** What a user is asked before an authority is trusted. */
export interface Consent {
  readonly question: string;
  /** What it means, as paragraphs. */
  readonly meaning: readonly string[];
  /** A line for each store: what changes, or why nothing does. */
  readonly stores: readonly string[];
  /** The ids of the stores that are changed, which a yes agrees to. */
  readonly agreedStores: readonly string[];
  readonly agree: string;
  /** The authority has no limits, or wide ones, so a plain yes is not enough. */
  readonly isDangerous: boolean;
  /** Whether an option such as `--yes` is enough: only for an authority that this machine made. */
  readonly allowsOption: boolean;
}

/** What trusting an authority means, and which stores it changes. Pure. */
export function describeConsent(candidate: Candidate, trust: TrustState): Consent {
  const { isOurs } = candidate;
  const { question, meaning, agree } = describeReach(candidate);
  const toChange = trust.filter(isToChange);
  const isDangerous = candidate.names === undefined || candidate.wide.length > 0;
  return {
    question,
    meaning: [
      meaning,
      ...(isOurs
        ? []
        : ['It was not made by Chroma TLS on this machine: its maker may have its key.']),
    ],
    stores: [
      ...toChange.map(describeStore),
      ...trust
        .filter(({ state }) => state === 'unknown')
        .map(({ name: store, problem }) =>
          [`• ${store}: will be left out.`, problem ? explain(problem) : ''].join(' ').trim(),
        ),
    ],
    agreedStores: toChange.map(({ id }) => id),
    agree,
    isDangerous,
    allowsOption: isOurs && !isDangerous,
  };
}

/** What the authority can do, and a question that says so. */
function describeReach({ name, names, wide }: Candidate): {
  readonly question: string;
  readonly meaning: string;
  readonly agree: string;
} {
  if (names === undefined) {
    return {
      question: `Trust “${name}” for every site there is?`,
      meaning:
        'It has no name constraints. Anyone who has its key can pretend to be any site, your bank included, to the programs that trust it.',
      agree: 'Trust Without Limits',
    };
  }
  if (wide.length > 0) {
    return {
      question: `Trust “${name}” for servers of many others?`,
      meaning: `It can sign for ${listNames(names)}. Its limits are wide: anyone who has its key can pretend to be any server of ${listNames(wide)} to the programs that trust it.`,
      agree: 'Trust All of Them',
    };
  }
  return {
    question: `Trust “${name}”?`,
    meaning: `Programs will accept every certificate that it signs. It can only sign for ${listNames(names)}, and for no other server.`,
    agree: 'Trust',
  };
}

/** Whether trusting the authority changes a store. */
export function isToChange({ state, hasFormer }: StoreTrust): boolean {
  return state === 'not-trusted' || hasFormer;
}

/** Names as a part of a sentence. A permitted host name also permits the names under it. */
function listNames(names: readonly string[]): string {
  const described = names.map((name) =>
    /[a-z]/i.test(name) && !name.includes(':') && !name.includes('/')
      ? `${name} (and names under it)`
      : name,
  );
  return described.length < 2
    ? described.join('')
    : `${described.slice(0, -1).join(', ')} and ${described.at(-1) ?? ''}`;
}

function describeStore({ name, location, users, needsRoot, hasFormer, state }: StoreTrust): string {
  const change =
    state === 'trusted'
      ? 'a former authority will be removed'
      : hasFormer
        ? 'will be added, and a former authority removed'
        : 'will be added';
  const whose = users === 'all' ? 'all users of this machine' : 'this user';
  const rights = needsRoot ? "; takes an administrator's rights" : '';
  return `• ${name} (${location}), for ${whose}: ${change}${rights}`;
}
