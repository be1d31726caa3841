import type { DnsRecord } from '../../certificates/public/acme/create-responder.ts';
import type { AccountBinding } from '../../certificates/public/acme/connection/acme-session.ts';
import type { AcmeSource } from '../../certificates/public/certificate-source.ts';
import { proveByProxy } from '../../chroma/supervisor/challenge-proof.ts';
import type { WorkspaceContext } from '../context.ts';
import { installIssued, type Installed } from './install-issued.ts';
import { requirePassphrase } from '../key-passphrase.ts';

/** What a request asks a user, and what it is told besides. */
export interface RequestQuestions {
  /** Shows the URL of an authority's terms, once. @throws AbortError or another where they refuse */
  readonly agreeToTerms: (terms: string) => Promise<void>;
  /** Shows the DNS records that a user sets by hand. @throws AbortError where they give up */
  readonly showRecords: (records: readonly DnsRecord[], signal: AbortSignal) => Promise<void>;
  /** Hears what is being done, as a few words. */
  readonly report: (step: string) => void;
  readonly signal: AbortSignal;
  /** For an authority that takes only those who have an account with it. */
  readonly eab?: AccountBinding | undefined;
  /** The identifier of the certificate that is renewed (RFC 9773, section 4.1). */
  readonly replaces?: string | undefined;
}

/**
 * Requests a certificate from an ACME server, puts it in the place of the folder's own, and has the
 * running server take it. One that was broken off goes on where it was, also where only the last step
 * failed.
 *
 * @throws ExplainedError as `requestFromAcme` and `installIssued` do, `key-locked`, `request-busy`; what
 *   the questions throw; AbortError
 */
export async function requestCertificate(
  context: WorkspaceContext,
  source: AcmeSource,
  { agreeToTerms, showRecords, report, signal, eab, replaces }: RequestQuestions,
): Promise<Installed> {
  const { workspace, settings } = context;
  // Before anything is spent: a key that has a passphrase is to keep it.
  await requirePassphrase(context);
  // Loaded only now: it brings a library that nothing else needs.
  const [{ createResponder }, { forgetOrder, holdOrder }, { requestFromAcme }] = await Promise.all([
    import('../../certificates/public/acme/create-responder.ts'),
    import('../../certificates/public/acme/order-record.ts'),
    import('../../certificates/public/acme/acme-request.ts'),
  ]);
  return holdOrder(workspace, async () => {
    const issued = await requestFromAcme({
      workspace,
      source,
      keyType: settings.keyType,
      eab,
      replaces,
      responder: createResponder(source.challenge, { showRecords, report }, (...question) =>
        proveByProxy(workspace, ...question),
      ),
      agreeToTerms,
      report,
      signal,
    });
    report('putting it in place');
    const installed = await installIssued(context, issued, source);
    await forgetOrder(workspace);
    return installed;
  });
}
