import * as v from 'valibot';
import { ExplainedError, type Problem } from '../../../system/errors.ts';
import { readJson } from '../../../system/json.ts';
import { describeMoment } from '../../../system/moment-text.ts';

const IDENTIFIER = v.object({ type: v.string(), value: v.string() });

/** A problem document (RFC 7807) of an ACME server, with its subproblems (RFC 8555, section 6.7.1). */
export const ACME_PROBLEM = v.object({
  type: v.optional(v.string(), 'about:blank'),
  detail: v.optional(v.string()),
  status: v.optional(v.number()),
  identifier: v.optional(IDENTIFIER),
  subproblems: v.optional(
    v.array(
      v.object({
        type: v.optional(v.string(), 'about:blank'),
        detail: v.optional(v.string()),
        identifier: v.optional(IDENTIFIER),
      }),
    ),
  ),
});
export type AcmeProblem = v.InferOutput<typeof ACME_PROBLEM>;

/** What surrounds a problem, for its words. */
export interface ProblemContext {
  /** The name that was to be proved. */
  readonly name?: string;
  /** When the server wants to be asked again. */
  readonly retryAfter?: Date | undefined;
}

const PREFIX = 'urn:ietf:params:acme:error:';
/** Characters of the server's own words; none has more to say. */
const LONGEST_DETAIL = 600;

type Words = Pick<Problem, 'what' | 'next' | 'inTerminal'>;

const REACH =
  'Check that its DNS (A and AAAA) leads to this machine and that firewalls let the authority in';
const OTHER_NAME = 'Ask for other names, or ask another authority.';
const AGAIN = 'Try again.';
const REPORT = 'Try again, and report it if it stays.';

/** RFC 8555 section 6.7, RFC 9773 section 7.4, and the extension for profiles. */
const WORDS: Readonly<Partial<Record<string, (name: string) => Words>>> = {
  accountDoesNotExist: () => ({
    what: 'The authority does not know the account of this machine.',
    next: 'Try again: a new account is made.',
  }),
  alreadyRevoked: () => ({
    what: 'The certificate was revoked before.',
    next: 'Request another one.',
  }),
  alreadyReplaced: () => ({
    what: 'The certificate was replaced by another order before.',
    next: 'Request one without naming what it replaces.',
  }),
  badCSR: () => ({
    what: 'The authority refuses the certificate request.',
    next: 'Try another chromaTls.certificate.keyType, such as ecdsa-p256 or rsa-2048.',
  }),
  badNonce: () => ({
    what: 'The authority refused the same request several times.',
    next: 'Try again: the order continues.',
  }),
  badPublicKey: () => ({
    what: 'The authority refuses the key.',
    next: 'Choose another chromaTls.certificate.keyType, such as ecdsa-p256 or rsa-2048.',
  }),
  badRevocationReason: () => ({
    what: 'The authority refuses the reason of the revocation.',
    next: REPORT,
  }),
  badSignatureAlgorithm: () => ({
    what: 'The authority refuses signatures by ECDSA P-256, which Chroma TLS makes.',
    next: 'Ask another authority.',
  }),
  caa: (name) => ({
    what: `The DNS of ${name} allows other authorities only.`,
    next: 'Add this authority to the CAA records of the domain, or ask one that they name.',
  }),
  compound: () => ({
    what: 'The authority refuses several names.',
    next: 'Mend each of them, then try again.',
  }),
  connection: (name) => ({
    what: `The authority could not connect to ${name}.`,
    next: `${REACH}, or prove the name by DNS.`,
    inTerminal: `${REACH}, or prove the name by DNS (--challenge dns-01).`,
  }),
  dns: (name) => ({
    what: `The authority could not use the DNS of ${name}.`,
    next: 'Check that the public DNS has the name, that its servers answer, and that DNSSEC is in order.',
  }),
  externalAccountRequired: () => ({
    what: 'The authority wants an account that you have with it.',
    next: 'Get a key id and an HMAC key there, then enter them.',
    inTerminal:
      'Get a key id and an HMAC key there, then name them with --eab-kid and --eab-hmac-file.',
  }),
  incorrectResponse: (name) => ({
    what: `The authority got another answer for ${name} than ours.`,
    next: `${REACH}: another server may answer there.`,
  }),
  invalidContact: () => ({
    what: 'The authority refuses the e-mail address.',
    next: 'Name another one, or none.',
  }),
  invalidProfile: () => ({
    what: 'The authority does not have that profile.',
    next: 'Name one that it has, or none.',
  }),
  malformed: () => ({ what: 'The authority could not read a request.', next: REPORT }),
  orderNotReady: () => ({
    what: 'The order is not ready yet.',
    next: 'Try again in a minute: the order continues.',
  }),
  rateLimited: () => ({
    what: 'The authority has had too many requests.',
    next: 'Wait, and try with staging meanwhile, whose limits are wide.',
  }),
  rejectedIdentifier: (name) => ({
    what: `The authority issues nothing for ${name}.`,
    next: OTHER_NAME,
  }),
  serverInternal: () => ({
    what: 'The authority has a fault.',
    next: 'Try again later: the order continues.',
  }),
  tls: (name) => ({
    what: `The authority could not speak TLS with ${name}.`,
    next: 'Remove what ends TLS before the port of tls-alpn-01, or use another challenge.',
  }),
  unauthorized: (name) => ({
    what: `The authority is not convinced that ${name} is yours.`,
    next: `${REACH}, or for dns-01 that the TXT record is the one shown.`,
  }),
  unsupportedContact: () => ({
    what: 'The authority takes no contact of that kind.',
    next: 'Name another e-mail address, or none.',
  }),
  unsupportedIdentifier: () => ({
    what: 'The authority issues nothing for a name of that kind.',
    next: 'For an IP address, try another profile (Let’s Encrypt: shortlived).',
  }),
  userActionRequired: () => ({
    what: 'The authority wants something of you first.',
    next: 'Do what it says, such as agreeing to its new terms, then try again.',
  }),
};

/** The codes of what `explainAcmeProblem` makes, for what is to be done about some of them. */
export const PROBLEM_CODES = {
  badCsr: 'acme-bad-csr',
  badNonce: 'acme-bad-nonce',
  badPublicKey: 'acme-bad-public-key',
  accountDoesNotExist: 'acme-account-does-not-exist',
  alreadyReplaced: 'acme-already-replaced',
  malformed: 'acme-malformed',
  unauthorized: 'acme-unauthorized',
  orderNotReady: 'acme-order-not-ready',
  notFound: 'acme-not-found',
} as const;

/** What an answer says that is a problem document, as servers send it; undefined for another. */
export function readAcmeProblem(body: string): AcmeProblem | undefined {
  return readJson(ACME_PROBLEM, body);
}

/** A problem document in a user's words: what failed, why in the server's own, and the cure. Pure. */
export function explainAcmeProblem(
  problem: AcmeProblem,
  { name, retryAfter }: ProblemContext = {},
): ExplainedError {
  const kind = kindOf(problem.type);
  const about = problem.identifier?.value ?? name ?? nameFirst(problem) ?? 'a name';
  const words = WORDS[kind]?.(about) ?? {
    what: 'The authority refuses a request.',
    next: AGAIN,
  };
  const why = quoteServer(problem);
  const wait =
    retryAfter === undefined ? '' : ` It may be asked again from ${describeMoment(retryAfter)} on.`;
  return new ExplainedError({
    code: codeOf(kind, problem.status),
    what: words.what,
    ...(why === '' ? {} : { why }),
    next: `${words.next ?? AGAIN}${wait}`,
    ...(words.inTerminal === undefined ? {} : { inTerminal: `${words.inTerminal}${wait}` }),
    ...(retryAfter === undefined ? {} : { retryAt: retryAfter.getTime() }),
  });
}

function codeOf(kind: string, status: number | undefined): string {
  // An order or an account that is not there any more is malformed to some, and not found to others.
  if (status === 404) return PROBLEM_CODES.notFound;
  return kind === ''
    ? 'acme-refused'
    : `acme-${kind.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}`;
}

/** What comes after the prefix that all of RFC 8555's types have; empty for others. */
function kindOf(type: string): string {
  const kind = type.startsWith(PREFIX) ? type.slice(PREFIX.length) : '';
  return Object.hasOwn(WORDS, kind) ? kind : '';
}

function nameFirst({ subproblems }: AcmeProblem): string | undefined {
  return subproblems?.find(({ identifier }) => identifier !== undefined)?.identifier?.value;
}

function quoteServer({ detail, subproblems = [] }: AcmeProblem): string {
  const parts = [
    detail,
    ...subproblems.map((sub) =>
      [sub.identifier?.value, sub.detail ?? kindOf(sub.type)].filter(Boolean).join(': '),
    ),
  ].filter((part): part is string => part !== undefined && part !== '');
  if (parts.length === 0) return '';
  // What comes from outside may hold what steers a terminal.
  const text = parts.join('; ').replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
  const shown = text.length > LONGEST_DETAIL ? `${text.slice(0, LONGEST_DETAIL)}…` : text;
  return `It says: ${shown.replace(/[.\s]+$/, '')}.`;
}

/** Whether something that was thrown is one of these problems. */
export function hasCode(error: unknown, codes: readonly string[]): boolean {
  return error instanceof ExplainedError && codes.includes(error.code);
}
