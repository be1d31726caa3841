import { isIP } from 'node:net';
import type { CertificateName } from '../../project/certificate-name.ts';
import { parseServerName, type ServerName } from '../../project/domain.ts';
import type { CertificateSettings } from '../../project/settings.ts';
import { constrainedNames, type Constraints } from '../issue/name-constraints.ts';
import type { KeyType } from '../issue/keys.ts';
import {
  authoritySubject,
  leafSubject,
  selfSignedSubject,
  type Subject,
} from '../issue/profile.ts';

/** The sections of the configuration that hold the extensions of a certificate. */
export const SECTIONS = { leaf: 'usr_cert', authority: 'authority' } as const;

/** What the configuration is for. */
export interface ConfigRequest {
  readonly kind: CertificateSettings['kind'];
  readonly keyType: KeyType;
  readonly domain: string;
  readonly names: readonly CertificateName[];
}

const HEADER = `# Written by Chroma TLS whenever it makes a certificate by OpenSSL. Names stand here as what they
# are, one a line, so no value can bring a second one along.
`;

/**
 * Whether a text is an `openssl.cnf` of ours. The cookbook's form has no mark of ours, because it
 * has to be the page's: it is ours if it is exactly that form with a name in it.
 */
export function isOwnConfig(text: string): boolean {
  if (text.startsWith(HEADER)) return true;
  const [, kind, value] = /^subjectAltName = (DNS|IP):(\S+)$/m.exec(text) ?? [];
  if (value === undefined) return false;
  return text === renderCookbookConfig({ kind: kind === 'IP' ? 'ip' : 'dns', value });
}

/**
 * The text of `openssl.cnf`, in the form of the cookbook's page: for a leaf, and for the authority
 * that may sign it. It works by hand too: `openssl req -new -x509 -nodes -config openssl.cnf …`
 */
export function renderConfig({ kind, names, keyType, domain }: ConfigRequest): string {
  if (kind === 'seed') return renderCookbookConfig(parseServerName(domain));
  const selfSigned = kind === 'self-signed';
  const leaf = [
    section('req', [
      ['prompt', 'no'],
      ['utf8', 'yes'],
      ['string_mask', 'utf8only'],
      ['default_md', 'sha256'],
      ['distinguished_name', 'req_distinguished_name'],
      ['x509_extensions', SECTIONS.leaf],
    ]),
    subjectSection(
      'req_distinguished_name',
      selfSigned ? selfSignedSubject(names) : leafSubject(names),
    ),
    section(SECTIONS.leaf, [
      ['basicConstraints', 'critical, CA:FALSE'],
      ['keyUsage', leafUsage(keyType)],
      ['extendedKeyUsage', 'serverAuth'],
      ['subjectKeyIdentifier', 'hash'],
      ['authorityKeyIdentifier', 'keyid:always'],
      ['subjectAltName', '@alt_names'],
    ]),
    section(
      'alt_names',
      names.map((name, index) => [`${NAME_TYPES[name.kind]}.${index + 1}`, escape(name.value)]),
    ),
  ];
  const authority = [
    section(SECTIONS.authority, [
      ['basicConstraints', 'critical, CA:TRUE, pathlen:0'],
      ['keyUsage', 'critical, keyCertSign, cRLSign'],
      ['subjectKeyIdentifier', 'hash'],
      ['nameConstraints', 'critical, @authority_names'],
    ]),
    constraintsSection('authority_names', constrainedNames(names)),
  ];
  return [HEADER, ...leaf, ...(selfSigned ? [] : authority)].join('\n');
}

/**
 * The page's own `openssl.cnf`, with the one name in it that the page takes from the environment,
 * and an address as an address.
 */
export function renderCookbookConfig({ kind, value }: Pick<ServerName, 'kind' | 'value'>): string {
  return [
    section('req', [
      ['distinguished_name', 'req_distinguished_name'],
      ['x509_extensions', SECTIONS.leaf],
    ]),
    section('req_distinguished_name', [['CN', escape(value)]]),
    section(SECTIONS.leaf, [['subjectAltName', `${NAME_TYPES[kind]}:${escape(value)}`]]),
  ].join('\n');
}

/** The name of an authority. The workspace's own file does not have it. */
export function renderAuthorityConfig(label: string): string {
  return [
    section('req', [
      ['prompt', 'no'],
      ['utf8', 'yes'],
      ['string_mask', 'utf8only'],
      ['distinguished_name', 'authority_name'],
    ]),
    subjectSection('authority_name', authoritySubject(label)),
  ].join('\n');
}

/**
 * How `openssl ca` keeps its book. It is the one command that takes both ends of a validity, and a
 * serial, in every OpenSSL and LibreSSL.
 */
export function renderBookConfig(files: {
  readonly database: string;
  readonly serial: string;
}): string {
  return [
    section('ca', [['default_ca', 'book']]),
    section('book', [
      ['database', files.database],
      ['serial', files.serial],
      ['new_certs_dir', '.'],
      ['default_md', 'sha256'],
      ['policy', 'any_subject'],
      // The subject stays as the request has it: its order, and the types of its values.
      ['preserve', 'yes'],
      ['unique_subject', 'no'],
      ['copy_extensions', 'none'],
    ]),
    section('any_subject', [
      ['countryName', 'optional'],
      ['organizationName', 'optional'],
      ['commonName', 'optional'],
    ]),
  ].join('\n');
}

const NAME_TYPES = { dns: 'DNS', ip: 'IP', uri: 'URI', email: 'email' } as const;

function leafUsage(keyType: KeyType): string {
  return keyType === 'ecdsa-p256'
    ? 'critical, digitalSignature'
    : 'critical, digitalSignature, keyEncipherment';
}

function constraintsSection(name: string, { permitted, excluded }: Constraints): string {
  const lines = (how: string, bases: Constraints['permitted']): [string, string][] =>
    bases.map(({ kind, base }, index) => [
      `${how};${NAME_TYPES[kind]}.${index + 1}`,
      kind === 'ip' ? withMask(base) : escape(base),
    ]);
  return section(name, [...lines('permitted', permitted), ...lines('excluded', excluded)]);
}

/** OpenSSL wants a mask where others write the length of a prefix: all bits, or none. */
function withMask(base: string): string {
  const [address = '', length] = base.split('/');
  const all = length !== '0';
  if (isIP(address) === 4) return `${address}/${all ? '255.255.255.255' : '0.0.0.0'}`;
  return `${address}/${all ? Array.from({ length: 8 }, () => 'ffff').join(':') : '::'}`;
}

function subjectSection(name: string, subject: Subject): string {
  return section(
    name,
    subject.map(({ type, value }) => [type, escape(value)]),
  );
}

function section(name: string, lines: readonly (readonly [string, string])[]): string {
  return [`[${name}]`, ...lines.map(([key, value]) => `${key} = ${value}`), ''].join('\n');
}

/** config(5) reads these as variables, escapes, comments and quotes. */
function escape(value: string): string {
  return value.replace(/[\\$#"'`]/g, '\\$&');
}
