import { isIP } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';
import { ExplainedError } from '../system/errors.ts';
import { canonicalAddress } from '../system/network/ip-address.ts';

export type ServerName =
  | {
      readonly kind: 'dns';
      /** Lower case, A-labels; may start with `*.`. */
      readonly value: string;
      readonly wildcard: boolean;
      /** As a user reads it, with U-labels. */
      readonly display: string;
    }
  | {
      readonly kind: 'ip';
      /** Canonical; IPv6 compressed and without brackets. */
      readonly value: string;
      readonly display: string;
    };

export const DEFAULT_DOMAIN = 'localhost';

/**
 * Reads a name a server can have: a host name, a wildcard, an international name, an address.
 * Spaces around it are dropped, brackets around an IPv6 address too.
 *
 * Only a single name passes, so that no comma, prefix or line break can add a second subject
 * alternative name.
 *
 * @throws ExplainedError `invalid-name`, saying what is wrong with it
 */
export function parseServerName(text: string): ServerName {
  const reason = explainInvalidName(text);
  if (reason !== undefined) {
    throw new ExplainedError({
      code: 'invalid-name',
      what: `${quoteText(text)} cannot be the name of a server.`,
      why: reason,
      next: 'Use a host name such as localhost, or an IP address.',
      action: 'setDomain',
    });
  }
  const name = trimSpaces(text);
  const address = unbracket(name);
  if (isIP(address)) {
    const value = canonicalAddress(address);
    return { kind: 'ip', value, display: value };
  }
  const wildcard = name.startsWith('*.');
  const prefix = wildcard ? '*.' : '';
  const host = domainToASCII(name.slice(prefix.length));
  return { kind: 'dns', value: prefix + host, wildcard, display: prefix + domainToUnicode(host) };
}

/** Why a text cannot be a server name, for an input box as one types; undefined when it can. */
export function explainInvalidName(text: string): string | undefined {
  const name = trimSpaces(text);
  if (name === '') return 'It is empty.';
  const reason = explainForeignPart(name);
  if (reason !== undefined) return reason;
  const address = unbracket(name);
  if (isIP(address)) return explainUnusableAddress(address);
  if (/^[^:]+:\d*$|^\[.*\]:\d*$/.test(name)) {
    return 'Leave out the port; it is a setting of its own.';
  }
  if (/[:[\]]/.test(name)) return 'It is not a valid IPv6 address.';
  if (name.startsWith('*.')) return explainInvalidWildcard(name.slice(2));
  return name === '*' ? 'A wildcard needs a domain after it: *.example.test.' : explainHost(name);
}

/**
 * The host part of a URL. A client cannot connect to a wildcard, so `chroma` stands for its star.
 */
export function urlHost(name: ServerName): string {
  if (name.kind === 'dns') return name.value.replace(/^\*\./, 'chroma.');
  return isIP(name.value) === 6 ? `[${name.value}]` : name.value;
}

/** Whether a name has characters that a reader cannot see. */
export function explainUnseen(name: string): string | undefined {
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name)) return 'It has a line break or a control character.';
  if (/[\p{Cf}\p{Co}\p{Cs}\p{Cn}]/u.test(name)) return 'It has an invisible character.';
  return undefined;
}

/** What belongs to a URL or to OpenSSL's lists of names, or cannot be seen. */
function explainForeignPart(name: string): string | undefined {
  const unseen = explainUnseen(name);
  if (unseen !== undefined) return unseen;
  if (/\$|^%.*%$|^\{\{.*\}\}$/.test(name)) {
    return 'It is a variable, which only other programs fill in: write the name itself.';
  }
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(name)) return 'Leave out the scheme (https://).';
  if (/[,;=]/.test(name) || /^(dns|ip|ip address|uri|email|rid|dirname|othername):/i.test(name)) {
    return 'One name only, without a prefix such as DNS: or IP:. Further names are a setting.';
  }
  if (/\s/u.test(name)) return 'It has a space in it.';
  if (/[/\\?#]/.test(name)) return 'Leave out the path.';
  if (name.includes('@')) return 'Leave out the user name (before the @).';
  return undefined;
}

function explainUnusableAddress(address: string): string | undefined {
  if (address.includes('%')) return 'Leave out the zone (%…): it means nothing on other machines.';
  const value = canonicalAddress(address);
  // RFC 4291 section 2.5.5.2: just two groups after it. With more it is an address like any other.
  return /^::ffff:[^:]+:[^:]+$/.test(value)
    ? 'It is an IPv4 address in IPv6 form; write the IPv4 address.'
    : undefined;
}

function explainInvalidWildcard(host: string): string | undefined {
  if (host === '') return 'A wildcard needs a domain after it: *.example.test.';
  return (
    explainHost(host, '*.'.length) ??
    (domainToASCII(host).includes('.')
      ? undefined
      : 'A wildcard needs two labels after it (*.example.test): clients refuse less.')
  );
}

/**
 * RFC 1123 section 2.1 for the form, RFC 1035 section 2.3.4 for the lengths, UTS #46 (as browsers
 * apply it) for international names.
 *
 * @param taken how many characters stand before it
 */
function explainHost(host: string, taken = 0): string | undefined {
  if (host.includes('*')) return 'A wildcard stands alone at the front: *.example.test.';
  if (host.includes('_')) return 'A name in a certificate has no underscore; use a hyphen.';
  if (/[^\p{L}\p{M}\p{N}.。．｡-]/u.test(host)) {
    return 'Only letters, digits, hyphens and dots make a host name.';
  }
  // The URL standard takes a name that ends in a number for an address, in many old notations.
  if (/(^|[.。．｡])(\p{Nd}+|0x[\da-f]*)$/iu.test(host)) {
    return 'It is not an IPv4 address, which has four numbers from 0 to 255.';
  }
  for (const label of host.split('.')) {
    const reason = explainLabel(label, label);
    if (reason !== undefined) return reason;
  }
  const ascii = domainToASCII(host);
  if (ascii === '') return 'It is not a valid international name.';
  if (isIP(ascii)) return 'It reads as an IPv4 address; write it in plain digits.';
  if (ascii.length + taken > 253) return 'It is longer than 253 characters.';
  for (const label of ascii.split('.')) {
    const reason = explainLabel(label, domainToUnicode(label));
    if (reason !== undefined) return reason;
    if (!/^[a-z\d-]+$/.test(label)) return 'It is not a valid international name.';
  }
  return undefined;
}

function explainLabel(label: string, display: string): string | undefined {
  if (label === '') return 'It has an empty part before, between or after dots.';
  if (label.length > 63) return `The part ${display.slice(0, 12)}… is longer than 63 characters.`;
  if (label.startsWith('-') || label.endsWith('-')) {
    return `The part ${display} starts or ends with a hyphen.`;
  }
  return undefined;
}

function unbracket(text: string): string {
  return /^\[[^\]]*:[^\]]*\]$/.test(text) ? text.slice(1, -1) : text;
}

/** A text without the spaces that a user typed or pasted around it. */
export function trimSpaces(text: string): string {
  return text.replace(/^ +| +$/g, '');
}

/** A text for a message: escaped, and at most 80 characters of it. */
export function quoteText(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
