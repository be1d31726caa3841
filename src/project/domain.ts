import { isIP } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';
import { ExplainedError } from '../errors.ts';

export type ServerName =
  | {
      readonly kind: 'dns';
      /** Lower case, A-labels; may start with `*.`. */
      readonly value: string;
      readonly wildcard: boolean;
      /** As a person reads it, with U-labels. */
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
 *
 * What passes is one name and nothing but a name, so that no comma, prefix or line break can ever
 * bring a second subject alternative name along.
 *
 * @throws ExplainedError `invalid-name`, saying what is wrong with it
 */
export function parseServerName(text: string): ServerName {
  const reason = explainInvalidName(text);
  if (reason !== undefined) {
    throw new ExplainedError({
      code: 'invalid-name',
      what: `${JSON.stringify(text)} is no name for a server.`,
      why: reason,
      next: 'Use a host name such as localhost, or an IP address.',
      action: 'setDomain',
    });
  }
  const name = unbracket(text);
  if (isIP(name)) {
    const value = canonicalAddress(name);
    return { kind: 'ip', value, display: value };
  }
  const wildcard = name.startsWith('*.');
  const host = domainToASCII(wildcard ? name.slice(2) : name);
  const prefix = wildcard ? '*.' : '';
  return {
    kind: 'dns',
    value: prefix + host,
    wildcard,
    display: prefix + domainToUnicode(host),
  };
}

/** Why a text is no server name, for an input box as one types; undefined when it is one. */
export function explainInvalidName(text: string): string | undefined {
  if (text.trim() === '') return 'It is empty.';
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)) return 'It has an invisible or control character.';
  if (/\s/u.test(text)) return 'It has a space in it.';
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text)) return 'Leave out the scheme (https://).';
  if (text.includes(',') || /^(dns|ip|uri|email|rid|dirname|othername):/i.test(text)) {
    return 'One name only, without a prefix such as DNS: or IP:. Further names are a setting.';
  }
  if (text.includes('/')) return 'Leave out the path.';
  const name = unbracket(text);
  if (isIP(name)) return name.includes('%') ? 'Leave out the zone (%…).' : undefined;
  if (/^\[|\]/.test(text)) return 'It is no IPv6 address.';
  if (/^[^:]+:\d+$/.test(text)) return 'Leave out the port; it is a setting of its own.';
  if (name.includes(':')) return 'It is no IPv6 address.';
  if (/^[\d.]+$/.test(name)) return 'It is no IPv4 address.';
  return explainInvalidHost(name.startsWith('*.') ? name.slice(2) : name, name.startsWith('*.'));
}

/** RFC 1123 section 2.1 for the form, RFC 1035 section 2.3.4 for the lengths. */
function explainInvalidHost(host: string, wildcard: boolean): string | undefined {
  if (host.includes('*')) return 'A wildcard stands alone at the front: *.example.test.';
  if (wildcard && !host.includes('.')) {
    return 'A wildcard needs two labels after it (*.example.test): clients refuse less.';
  }
  if (/[^\p{L}\p{M}\p{N}.-]/u.test(host)) {
    return 'Only letters, digits, hyphens and dots make a host name.';
  }
  const ascii = domainToASCII(host);
  if (ascii === '') return 'It is no valid international name.';
  if (isIP(ascii)) return 'It reads as an IPv4 address; write it in full.';
  if (ascii.length > 253) return 'It is longer than 253 characters.';
  for (const label of ascii.split('.')) {
    if (label === '') return 'It has an empty part between, before or after dots.';
    if (label.length > 63) return `The part ${label.slice(0, 12)}… is longer than 63 characters.`;
    if (label.startsWith('-') || label.endsWith('-')) {
      return `The part ${label} starts or ends with a hyphen.`;
    }
  }
  return undefined;
}

/**
 * The domain and its further names, each once, the domain first.
 *
 * @throws ExplainedError `invalid-name`
 */
export function resolveNames(domain: string, additional: readonly string[]): ServerName[] {
  const names = [domain, ...additional].map(parseServerName);
  return [...new Map(names.map((name) => [name.value, name])).values()];
}

/** The host part of a URL; a wildcard cannot be called, so `chroma` stands for its star. */
export function urlHost(name: ServerName): string {
  if (name.kind === 'dns') return name.value.replace(/^\*\./, 'chroma.');
  return isIP(name.value) === 6 ? `[${name.value}]` : name.value;
}

function unbracket(text: string): string {
  return /^\[.*\]$/.test(text) ? text.slice(1, -1) : text;
}

function canonicalAddress(address: string): string {
  if (isIP(address) === 4) return address;
  return new URL(`http://[${address}]/`).hostname.slice(1, -1);
}
