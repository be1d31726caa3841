import { isServerName, type CertificateName } from '../../project/certificate-name.ts';

/** A distinguished name, its parts in order; whoever issues writes it out in its own way. */
export type Subject = readonly {
  readonly type: 'C' | 'O' | 'CN';
  readonly value: string;
}[];

const ORGANISATION = { type: 'O', value: 'Chroma' } as const;
const COUNTRY = { type: 'C', value: 'US' } as const;

/** RFC 5280 appendix A.1 gives a common name 64 characters. */
const LONGEST_COMMON_NAME = 64;

/** @param label what the workspace is called, so that a user finds it in a trust store */
export function authoritySubject(label: string): Subject {
  const visible = label.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').trim();
  const prefix = 'Chroma TLS CA for ';
  const shown = Array.from(visible || 'workspace')
    .slice(0, LONGEST_COMMON_NAME - prefix.length)
    .join('');
  return [ORGANISATION, { type: 'CN', value: (prefix + shown).trimEnd() }];
}

/** The first of the names of servers that a common name has room for. */
export function chooseCommonName(names: readonly CertificateName[]): string | undefined {
  return names.filter(isServerName).find(({ value }) => value.length <= LONGEST_COMMON_NAME)?.value;
}

/**
 * The subject of a leaf. Its CN also stands in the SAN; a name too long for a CN gives way to the
 * next one.
 *
 * With addresses only there is none: OpenSSL then takes the CN for a host name, which an authority
 * for addresses may not sign.
 */
export function leafSubject(names: readonly CertificateName[]): Subject {
  const hasHost = names.some(({ kind }) => kind === 'dns');
  const common = hasHost ? chooseCommonName(names) : undefined;
  return [ORGANISATION, ...(common === undefined ? [] : [{ type: 'CN', value: common } as const])];
}

/** The subject of a leaf that is its own issuer; it has the country of the cookbook's page. */
export function selfSignedSubject(names: readonly CertificateName[]): Subject {
  return [COUNTRY, ...leafSubject(names)];
}

/** The subject of the cookbook's page, `-subj '/O=Chroma/C=US'`: its CN is lost. */
export const COOKBOOK_SUBJECT: Subject = [ORGANISATION, COUNTRY];
