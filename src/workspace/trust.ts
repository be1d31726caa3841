import type { Candidate } from '../certificates/trust/candidate.ts';
import type { ChangeRequest, ChangeResult } from '../certificates/trust/change-trust.ts';
import type { Consent } from '../certificates/trust/consent.ts';
import { describeRemains, type TrustState } from '../certificates/trust/trust-state.ts';
import type { WorkspaceContext } from './context.ts';

/** What trusting the folder's authority would change. */
export interface TrustPlan {
  readonly candidate: Candidate;
  /** What the stores say now. */
  readonly trust: TrustState;
  /** What the user must agree to; undefined where there is nothing to do. */
  readonly consent?: Consent;
}

/** How the stores are changed. */
export type TrustOptions = Pick<ChangeRequest, 'signal' | 'hasTerminal' | 'onStore'>;

export interface TrustChanged extends ChangeResult {
  /** What the stores say now. */
  readonly trust: TrustState;
  /** The line for Windows' own programs, which a user of WSL runs. */
  readonly windows?: string;
}

/** Reads what there is to trust and to change. @throws ExplainedError as `readCandidate` does */
export async function planTrust(context: WorkspaceContext): Promise<TrustPlan> {
  const { workspace, certificatesFolder, settings } = context;
  // Loaded only now: reading what an authority may sign brings a library that nothing else needs.
  const { readCandidate } = await import('../certificates/trust/candidate.ts');
  const { describeConsent, isToChange } = await import('../certificates/trust/consent.ts');
  const candidate = await readCandidate(workspace, certificatesFolder, settings.certificateKind);
  const trust = await readStores(context);
  if (!trust.some(isToChange)) return { candidate, trust };
  return { candidate, trust, consent: describeConsent(candidate, trust) };
}

/**
 * Has the stores trust the authority that the user has agreed to.
 *
 * @throws ExplainedError as `giveTrust` does; AbortError when the signal fires
 */
export async function trust(
  context: WorkspaceContext,
  { candidate, consent }: TrustPlan,
  options: TrustOptions,
): Promise<TrustChanged> {
  const { giveTrust } = await import('../certificates/trust/change-trust.ts');
  const agreedStores = consent?.agreedStores ?? [];
  return change(context, 'trust', (folders) =>
    giveTrust(candidate, { ...folders, ...options, agreedStores }),
  );
}

/** Removes the folder's authority, and former ones of it, from every store of this machine. */
export async function untrust(
  context: WorkspaceContext,
  options: TrustOptions,
): Promise<TrustChanged> {
  const { removeTrust } = await import('../certificates/trust/change-trust.ts');
  return change(context, 'untrust', (folders) => removeTrust({ ...folders, ...options }));
}

/**
 * What is still trusted after `untrust`, as a sentence; empty where nothing is. Not of the stores that
 * could not be changed: each of them has its own problem.
 */
export function describeStillTrusted({ failed, trust: stores }: TrustChanged): string {
  const unchanged = new Set(failed.map(({ store }) => store.id));
  return describeRemains(stores.filter(({ id }) => !unchanged.has(id)));
}

/** Asks the stores again whatever came of it: a cancelled change has changed some. */
async function change(
  context: WorkspaceContext,
  kind: 'trust' | 'untrust',
  work: (folders: Pick<ChangeRequest, 'workspace' | 'folder'>) => Promise<ChangeResult>,
): Promise<TrustChanged> {
  const { workspace, certificatesFolder: folder, server } = context;
  const result = await work({ workspace, folder }).catch(async (error: unknown) => {
    await server.refreshTrust();
    throw error;
  });
  const { windowsSide } = await import('../certificates/trust/stores/wsl.ts');
  const windows = (await windowsSide(folder))?.[kind];
  return {
    ...result,
    trust: await readStores(context),
    ...(windows === undefined ? {} : { windows }),
  };
}

/** What the trust stores of this machine say now. */
export async function readStores({ server }: WorkspaceContext): Promise<TrustState> {
  await server.refreshTrust();
  return server.snapshot.trust ?? [];
}
