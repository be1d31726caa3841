import type { AcmeSource } from '../../certificates/public/certificate-source.ts';
import { nameCertificate } from '../../certificates/public/acme/renewal-information.ts';
import type { Settings } from '../../project/settings.ts';
import { ExplainedError } from '../../system/errors.ts';
import type { Installed } from './install-issued.ts';
import { readServed, settingsOf } from './present-certificate.ts';
import type { RenewalTask } from './renewal-task.ts';
import { requestCertificate } from './request.ts';

/**
 * Requests the next certificate as the present one was, with the same kind of key, and says which one
 * it replaces (RFC 9773, section 5), so that the authority counts it against no limit.
 *
 * @throws ExplainedError `renewal-needs-user`, and as `requestCertificate` does; AbortError
 */
export async function renewFromAcme(
  source: AcmeSource,
  { context, facts, showRecords, ...watching }: RenewalTask,
): Promise<Installed> {
  const { keyType } = settingsOf(facts);
  const settings: Settings = { ...context.settings, ...(keyType === undefined ? {} : { keyType }) };
  const leaf = await readServed(context);
  return requestCertificate({ ...context, settings }, source, {
    ...watching,
    replaces: leaf && nameCertificate(leaf),
    // The account that requested the present one agreed to them.
    agreeToTerms: (terms) => Promise.reject(explainTerms(terms)),
    showRecords: showRecords ?? (() => Promise.reject(explainRecords())),
  });
}

function explainTerms(terms: string): ExplainedError {
  return new ExplainedError({
    code: 'renewal-needs-user',
    what: 'The authority has new terms.',
    why: `They are at ${terms}.`,
    next: 'Request the certificate again, and agree to them.',
  });
}

function explainRecords(): ExplainedError {
  return new ExplainedError({
    code: 'renewal-needs-user',
    what: 'This certificate cannot be renewed without you.',
    why: 'You set its DNS records by hand.',
    next: 'Renew it now, or request it again with a program that sets the records.',
  });
}
