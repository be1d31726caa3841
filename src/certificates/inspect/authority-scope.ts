import type { X509Certificate } from 'node:crypto';
import { hostname } from 'node:os';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  id_ce_nameConstraints,
  NameConstraints,
  type GeneralName,
  type GeneralSubtrees,
} from '@peculiar/asn1-x509';
import * as x509 from '../encoding/x509.ts';

/** What a certificate can do to those who trust it. */
export interface AuthorityScope {
  /** Whether it may sign others; a server's own certificate vouches for itself only. */
  readonly isAuthority: boolean;
  /** The names it may sign for; undefined where it may sign for any name. */
  readonly names: readonly string[] | undefined;
  /** Those of the names that are a range of addresses. */
  readonly ranges: readonly string[];
  /** Those of the names that cover hosts of many owners, such as `com`. */
  readonly wideHosts: readonly string[];
}

/** What limits the names it may sign for. */
type Limits = Omit<AuthorityScope, 'isAuthority'>;

const NO_LIMITS: Limits = { names: undefined, ranges: [], wideHosts: [] };

/** One address: all bits of the mask are set, 32 or 128 by its family. */
const ONE_ADDRESS = /^([\d.]+)\/32$|^([\da-f:]+)\/128$/;

/** A host name of two labels at least, or localhost; a leading dot means what is under it. */
const NARROW_HOST = /^(localhost|\.?[\w-]+(\.[\w-]+)+)$/i;

/** Reads the scope from the certificate's extensions; its subject proves nothing. */
export function readScope(certificate: X509Certificate): AuthorityScope {
  const parsed = new x509.X509Certificate(certificate.raw);
  return { isAuthority: certificate.ca, ...readLimits(parsed) };
}

/**
 * A type of name without a permitted subtree is not constrained at all (RFC 5280 section
 * 4.2.1.10), so host names and addresses must each be permitted by name or excluded whole.
 */
function readLimits(certificate: x509.X509Certificate): Limits {
  const extension = certificate.getExtension(id_ce_nameConstraints);
  if (!extension) return NO_LIMITS;
  const { permittedSubtrees, excludedSubtrees } = AsnConvert.parse(
    extension.value,
    NameConstraints,
  );
  const permitted = bases(permittedSubtrees);
  const excluded = bases(excludedSubtrees);
  const noHosts = excluded.some(({ dNSName }) => dNSName === '');
  const noAddresses = ['0.0.0.0/0', '::/0'].every((all) =>
    excluded.some(({ iPAddress }) => iPAddress === all),
  );
  const hosts = permitted.flatMap(({ dNSName }) => dNSName ?? []);
  const addresses = permitted.flatMap(({ iPAddress }) => iPAddress ?? []);
  const hostsLimited = noHosts || (hosts.length > 0 && !hosts.includes(''));
  if (!hostsLimited || !(noAddresses || addresses.length > 0)) return NO_LIMITS;
  const listedHosts = noHosts ? [] : hosts;
  const listedAddresses = noAddresses ? [] : addresses;
  return {
    names: [...listedHosts, ...listedAddresses.map((range) => range.replace(ONE_ADDRESS, '$1$2'))],
    ranges: listedAddresses.filter((range) => !ONE_ADDRESS.test(range)),
    wideHosts: listedHosts.filter(isWide),
  };
}

/** A name of one label may be a top-level domain, unless it is this machine's name. */
function isWide(host: string): boolean {
  return !NARROW_HOST.test(host) && host.toLowerCase() !== hostname().toLowerCase();
}

function bases(subtrees: GeneralSubtrees | undefined): readonly GeneralName[] {
  return Array.from(subtrees ?? [], ({ base }) => base);
}
