import { isIP } from 'node:net';
import { readOrderableNames } from '../../../certificates/public/acme/orderable-names.ts';
import type { AcmeSource, Challenge } from '../../../certificates/public/certificate-source.ts';
import { parseServerName } from '../../../project/domain.ts';
import { toProblem } from '../../../system/errors.ts';

/** A way to prove that a name is the user's, as it is offered. */
export interface ProofChoice {
  readonly id: 'listener' | 'webroot' | 'tls-alpn' | 'dns-records' | 'dns-hook';
  readonly label: string;
  /** What it needs. */
  readonly detail: string;
  readonly icon: string;
}

const PROOF_CHOICES: readonly ProofChoice[] = [
  {
    id: 'listener',
    label: 'HTTP, answered by Chroma TLS (http-01)',
    detail: 'Needs port 80 of the name, reachable from the internet, to lead to this machine.',
    icon: 'globe',
  },
  {
    id: 'webroot',
    label: 'HTTP, answered by your web server (http-01, webroot)',
    detail: 'Needs a web server on port 80 of the name, and its folder writable for you.',
    icon: 'folder',
  },
  {
    id: 'dns-records',
    label: 'DNS, records set by you (dns-01)',
    detail: 'Needs your hand at each renewal: a TXT record is shown, and waited for. No open port.',
    icon: 'list-ordered',
  },
  {
    id: 'dns-hook',
    label: 'DNS, records set by your program (dns-01, hook)',
    detail: 'Needs a program that talks to your DNS provider, as certbot’s manual hooks do.',
    icon: 'terminal',
  },
  {
    id: 'tls-alpn',
    label: 'TLS, answered by Chroma TLS (tls-alpn-01)',
    detail: 'Needs port 443 of the name, reachable from the internet, to lead to this machine.',
    icon: 'lock',
  },
];

/** Those that can prove all of these names (RFC 8555, 8.4; RFC 8737, 3; RFC 8738, 4). Pure. */
export function fittingProofs(
  names: readonly string[],
  offered: readonly ProofChoice['id'][],
): readonly ProofChoice[] {
  const hasWildcard = names.some((name) => name.startsWith('*.'));
  const hasAddress = names.some((name) => isIP(name) !== 0);
  return PROOF_CHOICES.filter(({ id }) => {
    const isDns = id === 'dns-records' || id === 'dns-hook';
    return offered.includes(id) && (isDns ? !hasAddress : !hasWildcard);
  });
}

/** The names of a list as it was typed. @throws ExplainedError `invalid-name` */
export function readNameList(text: string): readonly string[] {
  const typed = text.split(/[\s,;]+/).filter((name) => name !== '');
  return [...new Set(typed.map((name) => parseServerName(name).value))];
}

/** Why a list of names cannot be asked for; undefined where it can. Pure. */
export function explainInvalidNameList(text: string, directory: string): string | undefined {
  const invalid = sayWhyNot(() => readNameList(text));
  if (invalid !== undefined) return invalid;
  const names = readNameList(text);
  if (names.length === 0) return 'A certificate needs a name.';
  if (fittingProofs(names, ALL_PROOFS).length === 0) {
    return 'A wildcard is proved by DNS only, and an IP address by anything but: request two certificates.';
  }
  const challenge = names.some((name) => name.startsWith('*.')) ? 'dns-01' : 'http-01';
  return sayWhyNot(() => readOrderableNames(names, challenge, directory));
}

function sayWhyNot(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    const { what, why = '' } = toProblem(error);
    return `${what} ${why}`.trim();
  }
}

/** Every way there is. */
export const ALL_PROOFS = PROOF_CHOICES.map(({ id }) => id);

/** Why a directory's URL is refused; undefined where it is taken. Pure. */
export function explainInvalidDirectory(text: string): string | undefined {
  if (!URL.canParse(text))
    return 'It is not a URL. One looks like https://acme.example.com/directory.';
  const { protocol, username, password } = new URL(text);
  if (username !== '' || password !== '') return 'Leave out the user name (before the @).';
  return protocol === 'https:' ? undefined : 'It has to begin with https://.';
}

/** Why a text is not a port; undefined where it is one. Pure. */
export function explainInvalidPort(text: string): string | undefined {
  const isPort = /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
  return isPort ? undefined : 'A port is a number from 1 to 65535.';
}

/** What is asked for so far; each is there once it was answered. */
export interface RequestAnswers {
  readonly directory?: string;
  readonly directoryRoots?: string;
  readonly names?: readonly string[];
  readonly proof?: ProofChoice['id'];
  readonly port?: number;
  readonly webroot?: string;
  readonly hook?: string;
  readonly profile?: string;
  readonly email?: string;
  readonly keyId?: string;
  readonly hmacKey?: string;
}

/** The source that was asked for; what other answers left without meaning is not in it. Pure. */
export function toSource(answers: RequestAnswers): AcmeSource {
  const { directory = '', directoryRoots, names = [], profile = '', email = '' } = answers;
  return {
    kind: 'acme',
    directory,
    names: [...names],
    challenge: toChallenge(answers),
    ...(directoryRoots === undefined ? {} : { directoryRoots }),
    ...(profile === '' ? {} : { profile }),
    ...(email === '' ? {} : { email }),
  };
}

function toChallenge({ proof, port, webroot = '', hook }: RequestAnswers): Challenge {
  switch (proof) {
    case 'listener':
      return { type: 'http-01', port: port ?? 80 };
    case 'webroot':
      return { type: 'http-01-webroot', webroot };
    case 'tls-alpn':
      return { type: 'tls-alpn-01', port: port ?? 443 };
    case 'dns-hook':
      return { type: 'dns-01', ...(hook === undefined ? {} : { hook }) };
    default:
      // AWS approves names beforehand and asks for no proof; this one opens no port.
      return { type: 'dns-01' };
  }
}
