import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { findIssuers } from './signatures.ts';
import { readSystemStore } from './system-roots.ts';

/** Authorities that clients trust without being told. */
export class PublicRoots {
  readonly #roots: ReadonlyMap<string, X509Certificate>;

  constructor(roots: readonly X509Certificate[]) {
    this.#roots = new Map(roots.map((root) => [root.fingerprint256, root]));
  }

  /** The ones that signed a certificate. */
  findIssuers(signed: X509Certificate): readonly X509Certificate[] {
    return [...findIssuers(signed, this.#roots.values())];
  }

  /** Whether it is one, so that no server need send it. */
  has({ fingerprint256 }: X509Certificate): boolean {
    return this.#roots.has(fingerprint256);
  }
}

/** Those of Node.js, which are Mozilla's, and where it can tell, those of this system. */
export function readPublicRoots(): PublicRoots {
  const pems = [...rootCertificates, ...(readSystemStore() ?? [])];
  return new PublicRoots(pems.map((pem) => new X509Certificate(pem)));
}
