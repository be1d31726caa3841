import type { X509Certificate } from 'node:crypto';
import { toProblem } from '../../system/errors.ts';
import { run as runProgram, type Command, type Outcome } from '../../system/processes/program.ts';
import { workspaceId } from '../../project/data-folder.ts';
import { listOtherWorkspaces } from '../../project/other-workspaces.ts';
import { parseCertificates } from '../encoding/pem-certificates.ts';
import { readIfThere } from '../../system/files/replace-file.ts';
import { certificateFiles } from '../../project/certificate-files.ts';
import {
  listAuthorities,
  type KnownAuthority,
  type Origin,
} from '../authorities/known-authorities.ts';
import { findStores } from './stores/find-stores.ts';
import {
  ANY_LABEL,
  explainMissingProgram,
  labelPrefix,
  type Entry,
  type TrustStore,
} from './stores/store.ts';
import type { StoreTrust, TrustState } from './trust-state.ts';

/** Milliseconds that a program may take to list a store: Java starts slowly on a busy machine. */
const LOOK_PATIENCE = 30_000;

/** What identifies the workspace's own entries in a store. */
export interface Belongings {
  readonly workspace: string;
  readonly workspaceId: string;
  /** The authority in ca.pem, if there is one. */
  readonly current: KnownAuthority | undefined;
  readonly made: readonly KnownAuthority[];
  readonly accepted: readonly KnownAuthority[];
}

/** Something a store holds, and whether it is there because of this workspace. */
export interface SeenEntry extends Entry {
  readonly isOurs: boolean;
}

/** Asks every store of this machine about a workspace's authority. Changes nothing. */
export async function readTrust(
  workspace: string,
  folder: string,
  stores?: readonly TrustStore[],
): Promise<TrustState> {
  const belongings = await readBelongings(workspace, folder);
  const asked = stores ?? (await findStores());
  return Promise.all(asked.map((store) => readStoreTrust(store, belongings)));
}

/** The authorities of a workspace, to be looked for in every store. */
export async function readBelongings(workspace: string, folder: string): Promise<Belongings> {
  const file = certificateFiles(folder).ca;
  const [certificate] = parseCertificates((await readIfThere(file).catch(() => undefined)) ?? '');
  const [made, accepted] = await Promise.all([
    listAuthorities(workspace, 'made'),
    listAuthorities(workspace, 'accepted'),
  ]);
  return {
    workspace,
    workspaceId: workspaceId(workspace),
    current: certificate && { certificate, file },
    made,
    accepted,
  };
}

/**
 * What a store holds. An entry is ours if it has our label, or if it is an authority that was made
 * here, no matter who added it. An authority from elsewhere may have been there before (a public
 * one is in every store), so it is ours only by its label, or if we noted that we added it. A
 * folder that was moved to another disk is a new workspace, so its entries may have another label
 * of ours; but a copy leaves those of its original alone, which is still there.
 */
export async function readEntries(
  store: TrustStore,
  { workspace, workspaceId: id, current, made, accepted }: Belongings,
): Promise<readonly SeenEntry[]> {
  const added = store.takesLabels ? [] : await listAuthorities(workspace, addedTo(store));
  const known = [...made, ...accepted, ...added, ...(current ? [current] : [])];
  const entries = await explainMissingProgram(store, () => store.read(runToLook, known));
  const prefixes = listOtherWorkspaces(workspace).map((other) => labelPrefix(other.id));
  const isOfOther = ({ label }: Entry): boolean =>
    prefixes.some((prefix) => label.includes(prefix));
  return entries.map((entry) => ({
    ...entry,
    isOurs:
      entry.label.includes(labelPrefix(id)) ||
      isOneOf(entry, [...made, ...added]) ||
      (ANY_LABEL.test(entry.label) && isOneOf(entry, known) && !isOfOther(entry)),
  }));
}

/** Whether every certificate that an entry may mean is among some authorities. */
function isOneOf({ fingerprints }: Entry, authorities: readonly KnownAuthority[]): boolean {
  const sought = new Set(authorities.map(({ certificate }) => certificate.fingerprint256));
  return fingerprints.length > 0 && fingerprints.every((one) => sought.has(one));
}

/** The origin that notes what was added to a store without labels. */
export function addedTo({ id }: TrustStore): Origin {
  return `added-to-${id}`;
}

/** Whether an entry is exactly this certificate, and programs trust it. */
export function holds(entry: Entry, certificate: X509Certificate): boolean {
  const [only, ...more] = entry.fingerprints;
  return entry.trusted && only === certificate.fingerprint256 && more.length === 0;
}

/** Runs a program that only reads a store. */
export async function runToLook(command: Command): Promise<Outcome> {
  return runProgram(command, { timeout: LOOK_PATIENCE });
}

async function readStoreTrust(store: TrustStore, belongings: Belongings): Promise<StoreTrust> {
  const { id, name, location, users, needsRoot } = store;
  const facts = { id, name, location, users, needsRoot };
  const current = belongings.current?.certificate;
  try {
    const entries = await readEntries(store, belongings);
    const isTrusted = entries.some((entry) => current && holds(entry, current));
    const isFormer = ({ isOurs, fingerprints }: SeenEntry): boolean =>
      isOurs && !(current && fingerprints.includes(current.fingerprint256));
    return {
      ...facts,
      state: isTrusted ? 'trusted' : 'not-trusted',
      hasFormer: entries.some(isFormer),
    };
  } catch (error) {
    return { ...facts, state: 'unknown', hasFormer: false, problem: toProblem(error) };
  }
}
