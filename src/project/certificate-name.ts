import { isIP } from 'node:net';
import { ExplainedError } from '../system/errors.ts';
import {
  explainInvalidName,
  explainUnseen,
  parseServerName,
  quoteText,
  trimSpaces,
  type ServerName,
} from './domain.ts';

/**
 * What a certificate can name (RFC 5280 section 4.2.1.6): its servers, and beside them URIs and
 * e-mail addresses, which name an owner but no address to connect to.
 */
export type CertificateName =
  | ServerName
  | {
      readonly kind: 'uri' | 'email';
      /** ASCII, a URI as it was written; the host of an address in lower case, as A-labels. */
      readonly value: string;
      readonly display: string;
    };

/** A URI's characters by RFC 3986; anything else has to be percent-encoded. */
const URI = /^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[\da-f]{2})+$/i;
/** What a user means by a URI: one with a host, or a URN. */
const LOOKS_LIKE_URI = /^(?:[a-z][a-z\d+.-]*:\/\/|urn:)/i;
/** RFC 5321's dot-string, the form everybody uses and every reader understands. */
const MAILBOX = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;

/**
 * Reads a further name of a certificate: a server name, a URI, or an e-mail address. Its form says
 * which, so that no prefix can be mistyped or smuggled in.
 *
 * @throws ExplainedError `invalid-name`, saying what is wrong with it
 */
export function parseCertificateName(text: string): CertificateName {
  const name = trimSpaces(text);
  const reason = explainInvalidCertificateName(name);
  if (reason !== undefined) {
    throw new ExplainedError({
      code: 'invalid-name',
      what: `${quoteText(text)} cannot be a name in a certificate.`,
      why: reason,
      next: 'Use a host name, an IP address, a URI or an e-mail address.',
      action: 'openSettings',
    });
  }
  if (LOOKS_LIKE_URI.test(name)) return { kind: 'uri', value: name, display: name };
  if (!name.includes('@')) return parseServerName(name);
  const { mailbox, host } = splitAddress(name);
  const { value, display } = parseServerName(host);
  return { kind: 'email', value: `${mailbox}@${value}`, display: `${mailbox}@${display}` };
}

/** Whether a client may connect to the name, and verify a server by it. */
export function isServerName(name: CertificateName): name is ServerName {
  return name.kind === 'dns' || name.kind === 'ip';
}

/**
 * The domain and its further names, each once, the domain first.
 *
 * @throws ExplainedError `invalid-name`
 */
export function resolveNames(domain: string, additional: readonly string[]): CertificateName[] {
  const names = [parseServerName(domain), ...additional.map(parseCertificateName)];
  return [...new Map(names.map((name) => [name.value, name])).values()];
}

function explainInvalidCertificateName(name: string): string | undefined {
  const unseen = explainUnseen(name);
  if (unseen !== undefined) return unseen;
  if (LOOKS_LIKE_URI.test(name)) return explainInvalidUri(name);
  return name.includes('@') ? explainInvalidAddress(name) : explainInvalidName(name);
}

function explainInvalidUri(uri: string): string | undefined {
  if (!URI.test(uri)) {
    return 'A URI has ASCII characters only, others as %-codes or, in a host, as xn-- names.';
  }
  if (!URL.canParse(uri)) return 'It is not a valid URI.';
  const { username, password, hostname, protocol } = new URL(uri);
  if (protocol === 'urn:') {
    // RFC 8141 section 2: an identifier of a name space, then what it names there.
    return /^urn:[a-z\d][a-z\d-]{1,31}:[^/#?]/i.test(uri) ? undefined : 'It is not a valid URN.';
  }
  if (username !== '' || password !== '') return 'Leave out the user name (before the @).';
  if (hostname === '') return 'It has no host.';
  if (hostname.startsWith('*.')) return 'Its host cannot be a wildcard.';
  const reason = explainInvalidName(hostname);
  return reason === undefined ? undefined : `Its host is not valid. ${reason}`;
}

function explainInvalidAddress(address: string): string | undefined {
  const { mailbox, host } = splitAddress(address);
  if (!MAILBOX.test(mailbox) || mailbox.length > 64) {
    return 'Before the @ there must be letters, digits and single dots, 64 at most.';
  }
  const reason = explainInvalidName(host);
  if (reason !== undefined) return `What follows the @ is not a host name. ${reason}`;
  return isIP(host) !== 0 || host.startsWith('*.') || host.startsWith('[')
    ? 'What follows the @ is not a host name.'
    : undefined;
}

function splitAddress(address: string): { readonly mailbox: string; readonly host: string } {
  const at = address.lastIndexOf('@');
  return { mailbox: address.slice(0, at), host: address.slice(at + 1) };
}
