import type { X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  id_ce_nameConstraints,
  NameConstraints,
  type GeneralName,
  type GeneralSubtrees,
} from '@peculiar/asn1-x509';
import * as x509 from '../x509.ts';

/** What a certificate can do to those who trust it. */
export interface AuthorityScope {
  /** Whether it may sign others; a server's own certificate vouches for itself only. */
  readonly isAuthority: boolean;
  /** The names it may sign for; undefined where nothing keeps it from signing for any name. */
  readonly names: readonly string[] | undefined;
}

/** Reads the scope from the certificate itself, whatever its subject says it is for. */
export function readScope(certificate: X509Certificate): AuthorityScope {
  const parsed = new x509.X509Certificate(certificate.raw);
  return { isAuthority: certificate.ca, names: readPermittedNames(parsed) };
}

/**
 * A type of name without a permitted subtree is not constrained at all (RFC 5280 section
 * 4.2.1.10), so host names and addresses must each be permitted by name or excluded whole.
 */
function readPermittedNames(certificate: x509.X509Certificate): readonly string[] | undefined {
  const extension = certificate.getExtension(id_ce_nameConstraints);
  if (!extension) return undefined;
  const { permittedSubtrees, excludedSubtrees } = AsnConvert.parse(
    extension.value,
    NameConstraints,
  );
  const permitted = bases(permittedSubtrees);
  const excluded = bases(excludedSubtrees);
  const hosts = permitted.flatMap(({ dNSName }) => dNSName ?? []);
  const addresses = permitted.flatMap(({ iPAddress }) => iPAddress ?? []);
  const noHosts = excluded.some(({ dNSName }) => dNSName === '');
  const noAddresses = ['0.0.0.0/0', '::/0'].every((all) =>
    excluded.some(({ iPAddress }) => iPAddress === all),
  );
  const hostsLimited = noHosts || (hosts.length > 0 && !hosts.includes(''));
  if (!hostsLimited || !(noAddresses || addresses.length > 0)) return undefined;
  return [
    ...(noHosts ? [] : hosts),
    ...(noAddresses ? [] : addresses.map((range) => range.replace(/\/(32|128)$/, ''))),
  ];
}

function bases(subtrees: GeneralSubtrees | undefined): readonly GeneralName[] {
  return Array.from(subtrees ?? [], ({ base }) => base);
}
