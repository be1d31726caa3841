import type { X509Certificate } from 'node:crypto';
import { ExplainedError } from '../../system/errors.ts';
import { parseCertificates } from '../encoding/pem-certificates.ts';
import { readCommonName } from '../encoding/distinguished-name.ts';
import { readIfThere } from '../../system/files/replace-file.ts';
import { certificateFiles } from '../../project/certificate-files.ts';
import { listAuthorities } from '../authorities/known-authorities.ts';
import type { Settings } from '../../project/settings.ts';
import { readScope } from '../inspect/authority-scope.ts';

/** The authority in a certificates folder that a user may be asked to trust. */
export interface Candidate {
  readonly certificate: X509Certificate;
  /** Its common name, or its whole subject. */
  readonly name: string;
  /** Whether it was made for this workspace on this machine. */
  readonly isOurs: boolean;
  /** The only names it may sign for; undefined where it has no limits. */
  readonly names: readonly string[] | undefined;
  /**
   * Those of the names that cover servers of many owners. Our own authority can have one too, if a
   * repository's `.env` names such a domain.
   */
  readonly wide: readonly string[];
}

/**
 * The authority of a workspace that could be trusted.
 *
 * @param kind of the next certificate, by the settings: what to do about one that signs itself
 * @throws ExplainedError `no-trust-anchor`; `no-authority` for a certificate that signs itself;
 *   `several-authorities`
 */
export async function readCandidate(
  workspace: string,
  folder: string,
  kind: Settings['certificateKind'] = 'local-ca',
): Promise<Candidate> {
  const file = certificateFiles(folder).ca;
  const [certificate, ...more] = parseCertificates((await readIfThere(file)) ?? '');
  if (!certificate) {
    throw new ExplainedError({
      code: 'no-trust-anchor',
      what: 'There is no authority to trust.',
      why: `${file} is missing, or is not a certificate.`,
      next: 'Generate the certificate first.',
      action: 'generateCertificate',
    });
  }
  if (more.length > 0) {
    throw new ExplainedError({
      code: 'several-authorities',
      what: 'Nothing was trusted: there is more than one authority.',
      why: `${file} has ${more.length + 1} certificates.`,
      next: 'Generate the certificate again, or leave only its own authority in the file.',
      action: 'regenerateCertificate',
    });
  }
  const { isAuthority, names, ranges, wideHosts } = readScope(certificate);
  if (!isAuthority) {
    throw new ExplainedError({
      code: 'no-authority',
      what: 'A self-signed certificate cannot be trusted everywhere.',
      why: 'Some browsers refuse it, and each renewal would have to be trusted again.',
      ...(kind === 'local-ca'
        ? {
            next: 'Generate another one, whose authority you trust once.',
            action: 'regenerateCertificate',
          }
        : {
            next: 'Set chromaTls.certificate.kind to local-ca, and generate another one.',
            action: { openSetting: 'chromaTls.certificate.kind' },
          }),
    });
  }
  const known = await listAuthorities(workspace, 'made');
  const isOurs = known.some((one) => one.certificate.fingerprint256 === certificate.fingerprint256);
  return {
    certificate,
    name: printable(readCommonName(certificate.subject)),
    isOurs,
    names: names?.map(printable),
    wide: [...wideHosts, ...ranges].map(printable),
  };
}

/** A line break or control character of a certificate never reaches a dialog. */
function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, ' ');
}
