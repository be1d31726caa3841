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
export async function readServedFiles(
  files: Pick<CertificateFiles, 'certificate' | 'key'> & Partial<Pick<CertificateFiles, 'names'>>,
): Promise<ServedFiles> {
  const [certificate, key, names] = await Promise.all([
    readSmallFile(files.certificate),
    readSmallFile(files.key),
    // It is never worth a start.
    files.names === undefined ? undefined : readIfThere(files.names).catch(() => undefined),
  ]);
  return { certificate: certificate.toString(), key: key.toString(), names };
}
