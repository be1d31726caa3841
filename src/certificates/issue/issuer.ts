import type { KeyObject, X509Certificate } from 'node:crypto';
import type { CertificateName } from '../../project/certificate-name.ts';
import type { ServerName } from '../../project/domain.ts';
import type { KeyType } from './keys.ts';

/** A certificate authority that can sign. */
export interface Authority {
  readonly certificate: X509Certificate;
  readonly privateKey: KeyObject;
}

export interface AuthorityRequest {
  /** What the workspace is called, so that a user finds the authority in a trust store. */
  readonly label: string;
  readonly names: readonly CertificateName[];
  readonly keyType: KeyType;
  readonly now: Date;
}

export interface LeafRequest {
  readonly names: readonly CertificateName[];
  readonly keyType: KeyType;
  readonly days: number;
  readonly now: Date;
}

export interface Leaf {
  readonly certificate: X509Certificate;
  /** PKCS#8 in PEM. */
  readonly keyPem: string;
}

/** What the files of a certificates folder are to hold, in PEM. */
export interface PemFiles {
  readonly key: string;
  readonly certificate: string;
  readonly ca: string;
  /** The certificate for the host names alone; none where it would be the same, or nobody could sign it. */
  readonly names?: string;
}

/** Makes keys and certificates. The profile is the same for all issuers. */
export interface Issuer {
  /** Makes the authority of one workspace, able to sign for its names and no others. */
  createAuthority(request: AuthorityRequest): Promise<Authority>;
  /** Issues a server certificate; it never outlives the authority that signs it. */
  issueLeaf(authority: Authority, request: LeafRequest): Promise<Leaf>;
  /** A server certificate that is its own issuer. */
  issueSelfSigned(request: LeafRequest): Promise<Leaf>;
  /** A server certificate with the cookbook profile, for one name. */
  issueCookbook(domain: ServerName, now: Date): Promise<Leaf>;
}
