import type { CertificateFacts } from '../../certificates/inspect/certificate-state.ts';
import type { WorkspaceContext } from '../context.ts';
import type { RequestQuestions } from './request.ts';

/** What one renewal works with. */
export interface RenewalTask extends Pick<RequestQuestions, 'signal' | 'report'> {
  readonly context: WorkspaceContext;
  /** The certificate that is to be renewed. */
  readonly facts: CertificateFacts;
  /** A user asked for it, whether it is due or not. */
  readonly force: boolean;
  /** Whether an issuer may be asked that counts attempts: not so soon after one that failed. */
  readonly mayAsk: boolean;
  /** Where a user is there who can set them; without one such a renewal fails. */
  readonly showRecords?: RequestQuestions['showRecords'] | undefined;
}
