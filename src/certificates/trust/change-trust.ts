import type { X509Certificate } from 'node:crypto';
import { ExplainedError, toProblem, type Problem } from '../../system/errors.ts';
import { lastLineOf, run as runProgram, type Command } from '../../system/processes/program.ts';
import { loadAuthority } from '../authorities/authority-store.ts';
import { holdLock } from '../folder/certificate-lock.ts';
import {
  forgetKnownAuthority,
  listAuthorities,
  rememberAuthority,
} from '../authorities/known-authorities.ts';
import type { Candidate } from './candidate.ts';
import {
  chooseElevation,
  elevate,
  explainByHand,
  nameStore,
  readElevationFacts,
  type Elevation,
} from './elevation.ts';
import { findStores } from './stores/find-stores.ts';
import {
  addedTo,
  holds,
  readBelongings,
  readEntries,
  runToLook,
  type Belongings,
} from './read-trust.ts';
import { explainMissingProgram, labelFor, type Change, type TrustStore } from './stores/store.ts';

export interface ChangeRequest {
  readonly workspace: string;
  /** Absolute path of the certificates folder. */
  readonly folder: string;
  /** Whether a user sits at this process's own terminal, so that sudo can ask them. */
  readonly hasTerminal: boolean;
  readonly stores?: readonly TrustStore[];
  readonly onStore?: (store: TrustStore) => void;
  readonly signal?: AbortSignal;
}

export interface TrustRequest extends ChangeRequest {
  /** The ids of the stores that a user agreed to have changed. */
  readonly agreedStores: readonly string[];
}

export interface ChangeResult {
  /** The stores that were changed. */
  readonly changed: readonly TrustStore[];
  readonly failed: readonly { readonly store: TrustStore; readonly problem: Problem }[];
}

/**
 * Adds an authority to the stores that the user agreed to, and removes the workspace's former ones
 * from them. What a store holds already is left alone. A store that fails does not stop the others.
 *
 * @throws ExplainedError `generation-busy`, `data-folder-not-usable`
 */
export async function giveTrust(
  candidate: Candidate,
  request: TrustRequest,
): Promise<ChangeResult> {
  return holdLock(request.workspace, async () => {
    // From our own folder, so that no workspace can swap the file while root copies it.
    const { certificate } = candidate;
    const origin = candidate.isOurs ? 'made' : 'accepted';
    const authority = await rememberAuthority(request.workspace, origin, certificate);
    return changeStores(request, certificate, async (store, belongings) => {
      const entries = await readEntries(store, belongings);
      const remove = entries.filter((entry) => entry.isOurs && !holds(entry, certificate));
      const label = labelFor(belongings.workspaceId, certificate);
      const isHeld = entries.some((entry) => holds(entry, certificate));
      const change = isHeld ? { remove } : { add: { authority, label }, remove };
      // The store may be new, or readable only now, so the user has not agreed to it.
      if (!isNothing(change) && !request.agreedStores.includes(store.id)) {
        throw explainNotAgreed(store);
      }
      return change;
    });
  });
}

/**
 * Removes the workspace's authority and its former ones from every store.
 *
 * @throws ExplainedError `generation-busy`, `data-folder-not-usable`
 */
export async function removeTrust(request: ChangeRequest): Promise<ChangeResult> {
  return holdLock(request.workspace, () =>
    changeStores(request, undefined, async (store, belongings) => ({
      remove: (await readEntries(store, belongings)).filter(({ isOurs }) => isOurs),
    })),
  );
}

/**
 * One store after the other, each read at the last moment: on Debian the system's store changes
 * Java's on its own.
 *
 * @param wanted the authority to trust; undefined where trust is removed
 * @param plan what is to be added to a store and removed from it
 */
async function changeStores(
  request: ChangeRequest,
  wanted: X509Certificate | undefined,
  plan: (store: TrustStore, belongings: Belongings) => Promise<Change>,
): Promise<ChangeResult> {
  const belongings = await readBelongings(request.workspace, request.folder);
  const changed: TrustStore[] = [];
  const failed: { store: TrustStore; problem: Problem }[] = [];
  for (const store of request.stores ?? (await findStores())) {
    request.signal?.throwIfAborted();
    try {
      const change = await plan(store, belongings);
      if (isNothing(change)) continue;
      request.onStore?.(store);
      const last = await explainMissingProgram(store, () =>
        runAll(store, store.change(change), request),
      );
      if (!isNothing(await plan(store, belongings))) throw explainNotTaken(store, last);
      if (!store.takesLabels) await noteChange(store, change, belongings);
      changed.push(store);
    } catch (error) {
      if (request.signal?.aborted) throw error;
      failed.push({ store, problem: toProblem(error) });
    }
  }
  if (failed.length === 0) {
    await forgetFormer(belongings, wanted ?? belongings.current?.certificate);
  }
  return { changed, failed };
}

/** Notes what was put into a store that takes no labels. */
async function noteChange(
  store: TrustStore,
  { add, remove }: Change,
  { workspace }: Belongings,
): Promise<void> {
  const removed = new Set(remove.flatMap(({ fingerprints }) => fingerprints));
  for (const noted of await listAuthorities(workspace, addedTo(store))) {
    if (removed.has(noted.certificate.fingerprint256)) await forgetKnownAuthority(noted);
  }
  if (!add) return;
  await rememberAuthority(workspace, addedTo(store), add.authority.certificate);
}

function isNothing({ add, remove }: Change): boolean {
  return add === undefined && remove.length === 0;
}

/** @returns what the last command said */
async function runAll(
  store: TrustStore,
  commands: readonly Command[],
  { hasTerminal, signal }: ChangeRequest,
): Promise<string> {
  const elevation: Elevation = store.needsRoot
    ? chooseElevation(await readElevationFacts(runToLook, hasTerminal))
    : 'none';
  if (elevation === 'by-hand') throw explainByHand(store, commands);
  let said = '';
  for (const command of commands) {
    const { exitCode, stdout, stderr } = await runProgram(elevate(command, elevation), { signal });
    said = [stdout, stderr].join('\n').trim();
    // The store says afterwards whether it worked; further commands would only hide the reason.
    if (exitCode !== 0) break;
  }
  return said;
}

function explainNotAgreed(store: TrustStore): ExplainedError {
  return new ExplainedError({
    code: 'store-not-agreed',
    what: `${nameStore(store)} was left as it is.`,
    why: 'You agreed to other stores.',
    next: 'Trust the certificate again to change it too.',
    action: 'trustCertificate',
  });
}

function explainNotTaken(store: TrustStore, said: string): ExplainedError {
  const last = lastLineOf(said);
  return new ExplainedError({
    code: 'store-not-changed',
    what: `${nameStore(store)} could not be changed.`,
    ...(last === '' ? {} : { why: `Its program says: ${last}`, details: said }),
    next: 'Correct that, then try again.',
  });
}

/**
 * Every store was reached, so former authorities need not be looked for again. An authority whose
 * key is kept is not a former one: it signs the next certificate, or comes back with a backup.
 */
async function forgetFormer(
  { workspace, made, accepted }: Belongings,
  present: X509Certificate | undefined,
): Promise<void> {
  const kept = await loadAuthority(workspace);
  const current = [present, kept?.certificate];
  const spared = new Set(current.map((certificate) => certificate?.fingerprint256));
  for (const authority of [...made, ...accepted]) {
    if (!spared.has(authority.certificate.fingerprint256)) await forgetKnownAuthority(authority);
  }
}
