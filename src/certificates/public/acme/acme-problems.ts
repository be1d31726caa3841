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

type Words = Pick<Problem, 'what' | 'next'>;

const REACH =
  'Its DNS (A, and AAAA where there is one) has to lead to this machine, and routers and firewalls have to let the authority through to the port of the challenge.';
const OTHER_NAME = 'Ask for other names, or ask another authority.';
const AGAIN = 'Try again.';
const REPORT = 'Try again; if it stays, it is a fault of Chroma TLS or of the server: report it.';

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
    what: 'The authority refused one request again and again.',
    next: 'Try again: what was begun goes on.',
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
    next: `${REACH} Or prove the name by DNS: --challenge dns-01.`,
  }),
  dns: (name) => ({
    what: `The authority found no use of the DNS of ${name}.`,
    next: 'Check that the name is in the public DNS, that its servers answer everywhere, and that DNSSEC is in order.',
  }),
  externalAccountRequired: () => ({
    what: 'The authority takes only those who have an account with it.',
    next: 'Get a key id and an HMAC key there, and name them with --eab-kid and --eab-hmac-file.',
  }),
  incorrectResponse: (name) => ({
    what: `The authority got another answer for ${name} than ours.`,
    next: `${REACH} Something else may answer there.`,
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
    next: 'Try again in a minute: it goes on where it was.',
  }),
  rateLimited: () => ({
    what: 'The authority has had too many requests.',
    next: 'Wait. Until it works, try with the staging directory, whose limits are wide.',
  }),
  rejectedIdentifier: (name) => ({
    what: `The authority issues nothing for ${name}.`,
    next: OTHER_NAME,
  }),
  serverInternal: () => ({
    what: 'The authority has a fault.',
    next: 'Try again later: what was begun goes on.',
  }),
  tls: (name) => ({
    what: `The authority could not speak TLS with ${name}.`,
    next: 'Nothing that ends TLS may stand between the authority and the port of tls-alpn-01. Or use another challenge.',
  }),
  unauthorized: (name) => ({
    what: `The authority does not take it as proved that ${name} is yours.`,
    next: `${REACH} With dns-01 the TXT record has to be the one shown.`,
  }),
  unsupportedContact: () => ({
    what: 'The authority takes no contact of that kind.',
    next: 'Name another e-mail address, or none.',
  }),
  unsupportedIdentifier: () => ({
    what: 'The authority issues nothing for a name of that kind.',
    next: 'It may take IP addresses in another profile (Let’s Encrypt: shortlived), or not at all.',
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
