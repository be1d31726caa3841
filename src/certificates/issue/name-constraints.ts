import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  type Extension,
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from '@peculiar/asn1-x509';
import { isServerName, type CertificateName } from '../../project/certificate-name.ts';
import type { ServerName } from '../../project/domain.ts';
import { findExtension, makeExtension } from './certificate.ts';

/** What an authority may sign, as the bases of subtrees: host names, or addresses with a prefix. */
export interface Constraints {
  readonly permitted: readonly Base[];
  readonly excluded: readonly Base[];
}

interface Base {
  readonly kind: ServerName['kind'];
  readonly base: string;
}

/** All names of a kind. */
const WHOLE: Readonly<Record<ServerName['kind'], readonly string[]>> = {
  dns: [''],
  ip: ['0.0.0.0/0', '::/0'],
};

/**
 * The constraints for exactly these servers (RFC 5280 section 4.2.1.10). A type that is not listed
 * is not constrained at all. So where there is no DNS name, or no address, that type is excluded as
 * a whole. A DNS name also permits the names under it; the standard has no narrower form.
 *
 * URIs and e-mail addresses are left unconstrained: rustls (and so Chroma's Rust client) and
 * pyca/cryptography refuse a leaf with a name of these types once its authority has any constraint
 * on them, even one that permits it.
 */
export function constrainedNames(names: readonly CertificateName[]): Constraints {
  const permitted = names.filter(isServerName).map((name) => ({
    kind: name.kind,
    base: permittedBase(name),
  }));
  return {
    permitted: [...new Map(permitted.map((entry) => [entry.base, entry])).values()],
    excluded: (['dns', 'ip'] as const)
      .filter((kind) => !permitted.some((entry) => entry.kind === kind))
      .flatMap((kind) => WHOLE[kind].map((base) => ({ kind, base }))),
  };
}

/** The constraints as a critical extension. */
export function constrainNames(names: readonly CertificateName[]): Extension {
  const { permitted, excluded } = constrainedNames(names);
  const constraints = new NameConstraints({
    permittedSubtrees: subtrees(permitted),
    ...(excluded.length > 0 ? { excludedSubtrees: subtrees(excluded) } : {}),
  });
  return makeExtension(id_ce_nameConstraints, constraints, true);
}

/** Whether the constraints of an authority, one of ours, let it sign for all of these servers. */
export function permitsNames(
  authority: X509Certificate,
  names: readonly CertificateName[],
): boolean {
  const extension = findExtension(authority, id_ce_nameConstraints);
  if (!extension) return false;
  const { permittedSubtrees } = AsnConvert.parse(extension, NameConstraints);
  const bases = Array.from(permittedSubtrees ?? [], ({ base }) => base.dNSName ?? base.iPAddress);
  return names.filter(isServerName).every((name) => {
    const wanted = permittedBase(name);
    return bases.some(
      (base) =>
        base !== undefined &&
        (base === wanted || (name.kind === 'dns' && wanted.endsWith(`.${base}`))),
    );
  });
}

/** A host name, or an address with its whole length as prefix. */
function permittedBase(name: ServerName): string {
  if (name.kind === 'dns') return name.value.replace(/^\*\./, '');
  return `${name.value}/${isIP(name.value) === 4 ? 32 : 128}`;
}

function subtrees(bases: readonly Base[]): GeneralSubtrees {
  return new GeneralSubtrees(
    bases.map(({ kind, base }) => {
      const name = kind === 'ip' ? { iPAddress: base } : { dNSName: base };
      return new GeneralSubtree({ base: new GeneralName(name) });
    }),
  );
}
