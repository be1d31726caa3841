import type { CertificateFacts } from '../certificates/inspect/certificate-state.ts';
import type { WorkspaceContext } from './context.ts';

/** What one renewal works with. */
export interface RenewalTask {
  readonly context: WorkspaceContext;
  /** The certificate that is to be renewed. */
  readonly facts: CertificateFacts;
  /** A user asked for it, whether it is due or not. */
  readonly force: boolean;
  readonly signal: AbortSignal;
  readonly report: (step: string) => void;
}
