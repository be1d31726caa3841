import type { AuthorityProblem, LeafProblem } from '../inspect/certificate-state.ts';

/** What a user should know before a certificate from elsewhere is served. */
export interface ImportWarning {
  readonly code:
    | LeafProblem['code']
    | AuthorityProblem['code']
    | 'weak-key'
    | 'weak-signature'
    | 'limited-key'
    | 'no-server-usage'
    | 'not-an-authority'
    | 'authority-as-server'
    | 'refused-by-client';
  readonly message: string;
}
