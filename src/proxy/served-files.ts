import type { CertificateFiles } from '../project/certificate-files.ts';
import { readIfThere, readSmallFile } from '../system/files/replace-file.ts';

/** What is served, in PEM. */
export interface ServedFiles {
  /** The leaf first, then its authority. */
  readonly certificate: string;
  readonly key: string;
  /** What clients are shown that ask for one of its host names; left out where it does not fit. */
  readonly names?: string | undefined;
}

/** Reads what is to be served. @throws where the certificate or the key cannot be read */
export async function readServedFiles({
  certificate,
  key,
  names,
}: Pick<CertificateFiles, 'certificate' | 'key'> &
  Partial<CertificateFiles>): Promise<ServedFiles> {
  const pair = await Promise.all([readSmallFile(certificate), readSmallFile(key)]);
  const [certificatePem, keyPem] = pair.map(String) as [string, string];
  return {
    certificate: certificatePem,
    key: keyPem,
    // It is never worth a start.
    names: names === undefined ? names : await readIfThere(names).catch(() => undefined),
  };
}
