import { join } from 'node:path';

/** The files of a certificates folder; scripts rely on these names. */
export interface CertificateFiles {
  /** The leaf first, then its authority. */
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
}

export function certificateFiles(folder: string): CertificateFiles {
  return {
    certificate: join(folder, 'servercert.pem'),
    key: join(folder, 'serverkey.pem'),
    ca: join(folder, 'ca.pem'),
  };
}
