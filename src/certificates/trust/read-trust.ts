import type { X509Certificate } from 'node:crypto';
import { toProblem } from '../../errors.ts';
import { run as runProgram, type Command, type Outcome } from '../../process.ts';
import { workspaceId } from '../../project/data-folder.ts';
import { parseChain } from '../chain.ts';
import { certificateFiles, readIfThere } from '../files.ts';
import { listAuthorities, type KnownAuthority } from '../known-authorities.ts';
import { findStores } from './find-stores.ts';
import { explainMissing, labelPrefix, type Entry, type TrustStore } from './store.ts';
import type { StoreTrust, TrustState } from './trust-state.ts';

/** Milliseconds a program that only looks may take: a Java starts slowly on a busy machine. */
const LOOK_PATIENCE = 30_000;

/** What tells the workspace's own entries of a store from all others. */
export interface Belongings {
  readonly workspaceId: string;
  /** The authority in ca.pem, if there is one. */
  readonly current: X509Certificate | undefined;
  /** Present and former authorities with their files. */
  readonly known: readonly KnownAuthority[];
}

/** Asks every store of this machine about a workspace's authority. Changes nothing. */
export async function readTrust(
  workspace: string,
  folder: string,
  stores?: readonly TrustStore[],
): Promise<TrustState> {
  const belongings = await readBelongings(workspace, folder);
  const asked = stores ?? (await findStores());
  return Promise.all(asked.map((store) => readStore(store, belongings)));
}

/** What belongs to a workspace, wherever it may have been put. */
export async function readBelongings(workspace: string, folder: string): Promise<Belongings> {
  const file = certificateFiles(folder).ca;
  const [current] = parseChain((await readIfThere(file).catch(() => undefined)) ?? '');
  const remembered = await listAuthorities(workspace);
  const isRemembered = remembered.some(
    ({ certificate }) => certificate.fingerprint256 === current?.fingerprint256,
  );
  return {
    workspaceId: workspaceId(workspace),
    current,
    known: current && !isRemembered ? [...remembered, { certificate: current, file }] : remembered,
  };
}

/** A store's entries that are the workspace's: by their certificate, or by the label we gave. */
export async function readOwnEntries(
  store: TrustStore,
  { workspaceId: id, known }: Belongings,
): Promise<readonly Entry[]> {
  const fingerprints = new Set(known.map(({ certificate }) => certificate.fingerprint256));
  const entries = await explainMissing(store, () => store.read(runToLook, known));
  return entries.filter(
    (entry) =>
      entry.label.includes(labelPrefix(id)) ||
      (entry.fingerprints.length > 0 && entry.fingerprints.every((one) => fingerprints.has(one))),
  );
}

/** Whether an entry is a certificate that programs go by, and nothing else. */
export function holds(entry: Entry, certificate: X509Certificate): boolean {
  const [only, ...more] = entry.fingerprints;
  return entry.trusted && only === certificate.fingerprint256 && more.length === 0;
}

/** Runs a program that only looks. */
export async function runToLook(command: Command): Promise<Outcome> {
  return runProgram(command, { timeout: LOOK_PATIENCE });
}

async function readStore(store: TrustStore, belongings: Belongings): Promise<StoreTrust> {
  const { id, name, place, users, needsRoot } = store;
  const facts = { id, name, place, users, needsRoot };
  const { current } = belongings;
  try {
    const entries = await readOwnEntries(store, belongings);
    const isTrusted = entries.some((entry) => current && holds(entry, current));
    return {
      ...facts,
      state: isTrusted ? 'trusted' : 'not-trusted',
      hasFormer: entries.some(
        ({ fingerprints }) => !current || !fingerprints.includes(current.fingerprint256),
      ),
    };
  } catch (error) {
    return { ...facts, state: 'unknown', hasFormer: false, problem: toProblem(error) };
  }
}
