import * as tls from 'node:tls';
import { parseCertificates } from '../encoding/pem-certificates.ts';
import { readIfThere } from '../../system/files/replace-file.ts';

/** Where Linux distributions keep their roots in one file: Debian and Arch, Fedora, SUSE, Alpine. */
const LINUX_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * The authorities that programs on this machine trust, in PEM, each once: those that come with
 * Node.js, the system's own, and those of `SSL_CERT_FILE` and `NODE_EXTRA_CA_CERTS`.
 *
 * The system's own are known from Node.js 22.15 on; before that, on Linux, from the distribution's
 * file.
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

/** The system's store as Node.js reads it; undefined where this Node.js cannot, or fails. */
export function readSystemStore(): readonly string[] | undefined {
  const { getCACertificates } = tls as { getCACertificates?: (store: 'system') => string[] };
  try {
    return getCACertificates?.('system');
  } catch {
    return undefined;
  }
}
