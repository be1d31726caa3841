import { deriveStatus } from '../../chroma/status/derive-status.ts';
import { lastingProblems } from '../../chroma/status/certificate-problems.ts';
import { shownRenewal } from '../../chroma/status/shown-renewal.ts';
import { isPaused } from '../../chroma/server-facts.ts';
import { isExternal, type Snapshot } from '../../chroma/status/snapshot.ts';
import { endpointOf } from './facts.ts';
import type { UiState } from './ui-state.ts';

/** What only a look into a folder tells; true until it is known. */
export interface FolderFacts {
  readonly hasBackups: boolean;
  /** Whether a server was ever started here. */
  readonly hasRun: boolean;
}

/**
 * The keys of the manifest's `when` clauses. Those that begin with `has`, `is` or `can` say what a
 * command needs. None is set before the extension is loaded: what needs one is offered then, and in
 * a folder that is yet to be chosen. Pure.
 */
export function renderContextKeys(
  state: UiState,
  { hasBackups, hasRun }: FolderFacts,
  now: number,
): Readonly<Record<string, string | boolean>> {
  const snapshot = state.kind === 'folder' ? state.snapshot : undefined;
  const offer = (needs: (snapshot: Snapshot) => boolean): boolean =>
    snapshot ? needs(snapshot) : state.kind === 'unchosen';
  return {
    'chromaTls.uiState': state.kind,
    'chromaTls.state': snapshot ? deriveStatus(snapshot, now).state : '',
    'chromaTls.paused': snapshot !== undefined && isPaused(snapshot.observation),
    'chromaTls.external': snapshot !== undefined && isExternal(snapshot),
    // What the walkthrough's steps are done by.
    'chromaTls.certificate': snapshot?.certificate.kind ?? '',
    'chromaTls.trusted': snapshot?.trust?.some((store) => store.state === 'trusted') ?? false,
    'chromaTls.hasCertificate': offer(({ certificate }) => certificate.kind !== 'none'),
    'chromaTls.hasBackups': offer(() => hasBackups),
    'chromaTls.hasServer': offer(isThereServer),
    'chromaTls.hasAddress': offer((one) => endpointOf(one) !== undefined),
    'chromaTls.hasLog': offer((one) => hasRun || one.failure !== undefined || isThereServer(one)),
    'chromaTls.isTrusted': offer(mayBeTrusted),
    'chromaTls.isKeyTracked': offer(({ certificate }) =>
      lastingProblems(certificate).some(({ code }) => code === 'key-tracked'),
    ),
    'chromaTls.isRenewable': offer((one) => {
      const renewal = shownRenewal(one, now);
      return renewal !== undefined && renewal.plan.why !== 'never';
    }),
  };
}

/** Something to stop, or what may be: of an engine that does not answer nobody knows. */
function isThereServer({ observation, operation, elsewhere }: Snapshot): boolean {
  if (observation.kind !== 'none' || operation?.kind === 'starting') return true;
  return elsewhere !== undefined || observation.unavailable?.isDecisive === true;
}

/** Also before the stores were asked, which they are once the view is seen. */
function mayBeTrusted({ certificate, trust }: Snapshot): boolean {
  if (!trust) return certificate.kind !== 'none';
  return trust.some(({ state, hasFormer }) => state !== 'not-trusted' || hasFormer);
}
