import type { Problem } from '../system/errors.ts';

/** The kinds of what a folder has outside of itself, in the order in which they go. */
const KINDS = [
  'trust',
  'containers',
  'volume',
  'data',
  'hook',
  'authority',
  'passphrase',
  'logs',
  'chroma',
  'records',
] as const;

/** What there is outside of a folder because of it. */
export interface Belonging {
  readonly kind: (typeof KINDS)[number];
  /** In the words of a list, such as `Log of the server`. */
  readonly name: string;
  /** Paths, or what their keepers know them by. */
  readonly locations: readonly string[];
  /** How much disk it takes, where that is known. */
  readonly bytes?: number;
  /** How it goes, such as `deleted`. */
  readonly how: string;
  /** Whether a user's own data goes with it, which takes a second yes. */
  readonly isData: boolean;
}

/** How things are taken away. */
export interface Removal {
  readonly signal: AbortSignal;
  /** Whether a user sits at this process's own terminal, so that sudo can ask them. */
  readonly hasTerminal: boolean;
  /** What was found and has not gone. */
  readonly left: () => readonly Belonging[];
}

/** What came of taking one thing away. */
export interface Removed {
  readonly problems: readonly Problem[];
  /** What a user is to know all the same, in sentences. */
  readonly notes: readonly string[];
}

export const REMOVED: Removed = { problems: [], notes: [] };

/** One that was found, with what takes it away. */
export interface FoundBelonging extends Belonging {
  /** Succeeds where it is gone already. @throws what keeps it from going; AbortError */
  readonly remove: (removal: Removal) => Promise<Removed>;
}

/** What one place has of a folder. */
export interface Findings {
  readonly found: readonly FoundBelonging[];
  /** What stays, and why or how it would go, in sentences. */
  readonly stays: readonly string[];
  /** Why something may not have been found. */
  readonly unknown: readonly Problem[];
}

/** All that a folder has outside of itself. */
export interface CleanPlan extends Findings {
  /** Whether a server runs, which is stopped first. */
  readonly isRunning: boolean;
}

/** One plan out of what the places have; what others lead to goes last. Pure. */
export function planCleaning(findings: readonly Findings[], isRunning: boolean): CleanPlan {
  const found = findings.flatMap((finding) => finding.found);
  return {
    found: found.toSorted((one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind)),
    stays: findings.flatMap(({ stays }) => stays),
    unknown: findings.flatMap(({ unknown }) => unknown),
    isRunning,
  };
}

/** The part of a plan that is data, or the part that is not. Pure. */
export function select(plan: CleanPlan, isData: boolean): readonly FoundBelonging[] {
  return plan.found.filter((belonging) => belonging.isData === isData);
}

/** A name with the size on disk, such as `Logs (12 MB)`. Pure. */
export function nameBelonging({ name, bytes }: Belonging): string {
  return `${name}${bytes === undefined ? '' : ` (${describeSize(bytes)})`}`;
}

/** A size on disk, such as `12 MB`. Pure. */
export function describeSize(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const;
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size < 10 && unit > 0 ? size.toFixed(1) : size.toFixed(0)} ${units[unit] ?? ''}`;
}
