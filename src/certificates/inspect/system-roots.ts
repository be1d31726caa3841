import { X509Certificate } from 'node:crypto';
import * as tls from 'node:tls';
import { parseCertificates } from '../encoding/pem-certificates.ts';
import { findIssuers } from './signatures.ts';
import { readIfThere } from '../../system/files/replace-file.ts';

/** Where Linux distributions keep their roots in one file: Debian and Arch, Fedora, SUSE, Alpine. */
const LINUX_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * The authorities that programs on this machine trust, in PEM, each once: those of Node.js, of the
 * system, and of `SSL_CERT_FILE` and `NODE_EXTRA_CA_CERTS`. Before Node.js 22.15 the system's are
 * read from the distribution's file, and only on Linux.
 */
export async function readSystemRoots(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<readonly string[]> {
  const system = readSystemStore();
  const files = [
    environment['SSL_CERT_FILE'],
    environment['NODE_EXTRA_CA_CERTS'],
    ...(system === undefined && process.platform === 'linux' ? LINUX_BUNDLES : []),
  ].filter((file): file is string => file !== undefined && file !== '');
  const texts = await Promise.all(files.map((file) => readIfThere(file).catch(() => undefined)));
  const roots = [
    ...tls.rootCertificates,
    ...(system ?? []),
    ...texts.flatMap((text) => parseCertificates(text ?? '').map(String)),
  ];
  return [...new Set(roots.map((pem) => pem.trim()))];
}

/** The system's store as Node.js reads it; undefined where it cannot. */
function readSystemStore(): readonly string[] | undefined {
  const { getCACertificates } = tls as { getCACertificates?: (store: 'system') => string[] };
  try {
    return getCACertificates?.('system');
  } catch {
    return undefined;
  }
}

/** Authorities that clients trust by default. */
export class PublicRoots {
  readonly #roots: ReadonlyMap<string, X509Certificate>;

  constructor(roots: readonly X509Certificate[]) {
    this.#roots = new Map(roots.map((root) => [root.fingerprint256, root]));
  }

  /** The ones that signed a certificate. */
  findIssuers(signed: X509Certificate): readonly X509Certificate[] {
    return [...findIssuers(signed, this.#roots.values())];
  }

  /** Whether a certificate is one of them, so that a server does not have to send it. */
  has({ fingerprint256 }: X509Certificate): boolean {
    return this.#roots.has(fingerprint256);
  }
}

/** The roots of Node.js (Mozilla's), and those of this system where Node.js can read them. */
export function readPublicRoots(): PublicRoots {
  const pems = [...tls.rootCertificates, ...(readSystemStore() ?? [])];
  return new PublicRoots(pems.map((pem) => new X509Certificate(pem)));
}
