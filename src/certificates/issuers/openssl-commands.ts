import { OPENSSL_CONFIG } from '../../project/certificate-files.ts';
import { RSA_BITS, type KeyType } from '../issue/keys.ts';
import { COOKBOOK_DAYS } from '../issue/leaf.ts';
import type { Validity } from '../issue/validity.ts';
import type { SECTIONS } from './openssl-config.ts';

/** The files that OpenSSL works with, by name, in a folder of its own. */
export const RUNNER_FILES = {
  config: OPENSSL_CONFIG,
  authorityConfig: 'authority.cnf',
  /** The authority's key and certificate, in one file as they are kept. */
  authority: 'authority.pem',
  authorityKey: 'authoritykey.pem',
  key: 'serverkey.pem',
  request: 'server.csr',
  certificate: 'servercert.pem',
  bookConfig: 'book.cnf',
  book: 'index.txt',
  serial: 'serial',
} as const;

/** Makes a key, in PKCS#8. Old LibreSSL names P-256 by its X9.62 name only. */
export function keyArgs(keyType: KeyType, file: string): readonly string[] {
  const options =
    keyType === 'ecdsa-p256'
      ? ['ec_paramgen_curve:prime256v1', 'ec_param_enc:named_curve']
      : [`rsa_keygen_bits:${RSA_BITS[keyType]}`];
  return [
    'genpkey',
    '-algorithm',
    keyType === 'ecdsa-p256' ? 'EC' : 'RSA',
    ...options.flatMap((option) => ['-pkeyopt', option]),
    '-out',
    file,
  ];
}

/** Makes a request for the subject that the configuration names. */
export function requestArgs(key: string, config: string): readonly string[] {
  const { request } = RUNNER_FILES;
  return ['req', '-new', '-sha256', '-config', config, '-key', key, '-out', request];
}

/** Signs the request; by its own key, or by the authority's. */
export function signArgs(plan: {
  readonly issuer: { readonly ownKey: string } | 'authority';
  readonly section: (typeof SECTIONS)[keyof typeof SECTIONS];
  readonly validity: Validity;
}): readonly string[] {
  const { issuer, section, validity } = plan;
  const { authority, bookConfig, certificate, config, request } = RUNNER_FILES;
  return [
    'ca',
    '-batch',
    '-notext',
    '-config',
    bookConfig,
    '-md',
    'sha256',
    ...(issuer === 'authority'
      ? ['-cert', authority, '-keyfile', authority]
      : ['-selfsign', '-keyfile', issuer.ownKey]),
    '-in',
    request,
    '-extfile',
    config,
    '-extensions',
    section,
    '-startdate',
    formatTime(validity.notBefore),
    '-enddate',
    formatTime(validity.notAfter),
    '-out',
    certificate,
  ];
}

/** The cookbook page's own command. */
export function cookbookArgs(): readonly string[] {
  const { certificate, config, key } = RUNNER_FILES;
  return [
    ...['req', '-new', '-newkey', 'rsa:2048', '-sha256', '-days', String(COOKBOOK_DAYS), '-nodes'],
    ...['-x509', '-keyout', key, '-subj', '/O=Chroma/C=US', '-out', certificate],
    ...['-config', config],
  ];
}

/**
 * A time for `openssl ca`. Old versions write it into the certificate just as it is given, so it
 * has to be the form of RFC 5280 section 4.1.2.5: two digits for a year up to 2049, then four.
 */
function formatTime(time: Date): string {
  const digits = time
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '');
  return time.getUTCFullYear() < 2050 ? digits.slice(2) : digits;
}
