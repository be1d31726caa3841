import { X509Certificate } from 'node:crypto';
import { ExplainedError, type Problem } from '../../../system/errors.ts';
import {
  lastLineOf,
  ProgramNotFoundError,
  type Command,
  type Outcome,
} from '../../../system/processes/program.ts';
import { splitPem } from '../../encoding/pem-certificates.ts';
import type { KnownAuthority } from '../../authorities/known-authorities.ts';

/** Runs a program to its end; tests put recorded outcomes in its place. */
export type Run = (command: Command) => Promise<Outcome>;

/** One thing a store holds, under a name that is the store's own. */
export interface Entry {
  /** A file, a nickname, an alias, a hash: what the store removes it by. */
  readonly label: string;
  /** SHA-256, `AA:BB:…`; several where the store mixes certificates of one subject. */
  readonly fingerprints: readonly string[];
  /** Whether programs really trust it: a file that the system has not read yet has no effect. */
  readonly trusted: boolean;
}

interface Addition {
  readonly authority: KnownAuthority;
  /** The name that the store keeps it under, if it takes names. */
  readonly label: string;
}

export interface Change {
  readonly add?: Addition;
  readonly remove: readonly Entry[];
}

/** A server certificate to be verified, and where copies of a store can lie. */
export interface Trial {
  /** Absolute path of its PEM. */
  readonly file: string;
  /** The host name or the address that it must be good for. */
  readonly name: string;
  /** Absolute path of a private folder, which goes afterwards. */
  readonly folder: string;
}

/** A place where programs look for the authorities they trust. */
export interface TrustStore {
  /**
   * Stable, one for each place. If the store takes no labels, the id can be part of a file's name.
   */
  readonly id: string;
  /** As a user knows it; several databases of one browser share it. */
  readonly name: string;
  /** Which one it is: a path, mostly. */
  readonly location: string;
  /** Whose programs go by it. */
  readonly users: 'all' | 'this';
  /** Whether a change takes an administrator's rights. */
  readonly needsRoot: boolean;
  /** Whether its entries have the labels that we give. */
  readonly takesLabels: boolean;
  /** The problem to report where its program is not installed. */
  readonly missingProgram?: Problem;
  /**
   * What it holds, as far as it matters to us.
   *
   * @param known the authorities to look for, for a store that cannot list its own
   * @throws ExplainedError where it cannot be read
   */
  readonly read: (run: Run, known: readonly KnownAuthority[]) => Promise<readonly Entry[]>;
  /**
   * Has the store's own program verify a server certificate by a copy of the store; none where no
   * program does.
   *
   * @throws ExplainedError, ProgramNotFoundError where it cannot be tried
   */
  readonly accepts?: (run: Run, trial: Trial) => Promise<boolean>;
  /** The commands that make a change, in order. Pure. */
  readonly change: (change: Change) => readonly Command[];
}

/** What every label of ours begins with, whichever workspace it was given for. */
export const ANY_LABEL = /chroma-tls-[\da-f]{16}-/;

/** How every label of a workspace begins. */
export function labelPrefix(workspaceId: string): string {
  return `chroma-tls-${workspaceId}-`;
}

/** A label with the workspace and the authority, in characters that all stores allow. */
export function labelFor(workspaceId: string, { fingerprint256 }: X509Certificate): string {
  return labelPrefix(workspaceId) + abbreviateFingerprint(fingerprint256);
}

/** The start of a fingerprint, as labels have it. */
export function abbreviateFingerprint(fingerprint256: string): string {
  return fingerprint256.replaceAll(':', '').slice(0, 16).toLowerCase();
}

/** The SHA-256 fingerprints of a PEM text's certificates; anything else is skipped. */
export function fingerprintsIn(pem: string): readonly string[] {
  return splitPem(pem).flatMap((block) => {
    try {
      return [new X509Certificate(block).fingerprint256];
    } catch {
      return [];
    }
  });
}

/**
 * What a command prints that lists a store.
 *
 * @param what names the store, as the subject of a sentence
 * @throws ExplainedError `store-not-readable`
 */
export async function readOutput(run: Run, command: Command, what: string): Promise<string> {
  const { exitCode, stdout, stderr } = await run(command);
  if (exitCode === 0) return stdout;
  const details = lastLineOf(stderr || stdout);
  throw new ExplainedError({
    code: 'store-not-readable',
    what: `${what} cannot be read.`,
    ...(details === '' ? {} : { why: `Its program says: ${details}`, details: stderr || stdout }),
  });
}

/** Explains, where a store's program is not installed, how to get it. */
export async function explainMissingProgram<T>(
  { missingProgram }: TrustStore,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ProgramNotFoundError) || missingProgram === undefined) throw error;
    throw new ExplainedError(missingProgram, error);
  }
}
