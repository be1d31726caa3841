import { join } from 'node:path';

/** The files of a certificates folder; scripts rely on these names. */
export interface CertificateFiles {
  /** The leaf first, then its authority. */
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
  /** The same for the host names alone, of the same key; only beside one that has addresses too. */
  readonly names: string;
}

/** The configuration of OpenSSL in a workspace, by the name that the cookbook's page gives it. */
export const OPENSSL_CONFIG = 'openssl.cnf';

/** The file of the certificate for host names alone, which a TLS proxy in a container knows by its name. */
export const NAMES_FILE = 'servercert-names.pem';

export function certificateFiles(folder: string): CertificateFiles {
  return {
    certificate: join(folder, 'servercert.pem'),
    key: join(folder, 'serverkey.pem'),
    ca: join(folder, 'ca.pem'),
    names: join(folder, NAMES_FILE),
  };
}
