import { stat } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { ExplainedError } from '../../system/errors.ts';
import { findGitIndex, listTracked, runGit, untrackCommand } from '../../project/git.ts';
import type { CertificateState, CertificateProblem } from '../inspect/certificate-state.ts';
import { BACKUP_GLOB } from './backup-folder.ts';

/** Where private keys of ours lie in a certificates folder, as git matches names. */
const KEYS = [
  'serverkey.pem',
  `:(glob)${BACKUP_GLOB}/serverkey.pem`,
  ':(glob).incoming-*/serverkey.pem',
  ':(glob).*.tmp',
] as const;

/** Says which keys of a certificates folder git tracks, by names relative to it. */
export type FindTrackedKeys = (folder: string) => Promise<readonly string[]>;

/**
 * Asks git, and asks again only when its index has changed: running a program with every look at a
 * folder would be too much. Outside of a repository and without git there are none.
 */
export function rememberTrackedKeys(): FindTrackedKeys {
  let last: { readonly index: string; readonly keys: readonly string[] } | undefined;
  return async (folder) => {
    const index = await identifyIndex(folder);
    if (index === undefined) return [];
    if (last?.index === index) return last.keys;
    const keys = await listTracked(folder, KEYS);
    // Without an answer, git is asked again next time.
    last = keys && { index, keys };
    return keys ?? [];
  };
}

/**
 * Takes keys out of git's index; the files stay, and so do the commits that have them.
 *
 * @param keys names relative to the folder, as git gave them
 * @throws ExplainedError `key-not-untracked`
 */
export async function untrackKeys(folder: string, keys: readonly string[]): Promise<void> {
  const outcome = await runGit(untrackCommand(folder, keys));
  if (outcome?.exitCode === 0) return;
  throw new ExplainedError({
    code: 'key-not-untracked',
    what: 'Git still tracks the private key.',
    why: `Git says: ${outcome?.stderr.split('\n')[0] ?? 'nothing: it is not here'}`,
    next: 'Correct that, then try again.',
  });
}

/** What git does to keys, as a problem of their certificate. Pure. */
export function addTrackedKeys(
  certificate: CertificateState,
  keys: readonly string[],
  location: { readonly workspace: string; readonly folder: string },
): CertificateState {
  if (keys.length === 0) return certificate;
  const problem = describeTracked(keys, location);
  switch (certificate.kind) {
    case 'none':
      return certificate;
    case 'broken':
      return { kind: 'broken', problems: [...certificate.problems, problem] };
    case 'present': {
      const { facts } = certificate;
      return { kind: 'present', facts: { ...facts, problems: [...facts.problems, problem] } };
    }
  }
}

/** The line that untracks keys, for a user to run in the workspace folder. Pure. */
export function untrackLine(
  keys: readonly string[],
  { workspace, folder }: { readonly workspace: string; readonly folder: string },
): string {
  const base = relative(workspace, folder).split(sep);
  const paths = keys.map((key) => [...base.filter((part) => part !== ''), key].join('/'));
  return `git rm --cached -- ${paths.map(quote).join(' ')}`;
}

function describeTracked(
  keys: readonly string[],
  location: { readonly workspace: string; readonly folder: string },
): CertificateProblem {
  const [first = '', ...more] = keys;
  const paths = more.length === 0 ? first : `${first} and ${more.length} more`;
  return {
    code: 'key-tracked',
    what: `Git tracks the private key (${paths}).`,
    why: 'Anyone with the repository can pose as this server.',
    next: 'Untrack it, and make a new certificate if it was ever pushed.',
    inTerminal: `Run "${untrackLine(keys, location)}", and make a new certificate if it was ever pushed.`,
  };
}

function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `"${path}"`;
}

/** Identifies one state of an index: git always writes a new file. */
async function identifyIndex(folder: string): Promise<string | undefined> {
  const file = await findGitIndex(folder);
  const facts = file === undefined ? undefined : await stat(file).catch(() => undefined);
  return facts && [folder, file, facts.ino, facts.mtimeMs, facts.size].join(' ');
}
