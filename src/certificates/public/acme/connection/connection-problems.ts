import { ExplainedError, systemCode, type Problem } from '../../../../system/errors.ts';
import { TimeoutError } from '../../../../system/time-limit.ts';

type Words = Pick<Problem, 'code' | 'why' | 'next' | 'inTerminal'>;

const UNKNOWN_HOST: Words = {
  code: 'acme-host-unknown',
  why: 'Its name has no address here.',
  next: 'Check the URL, and whether this machine reaches the internet and its DNS.',
};
const UNREACHABLE: Words = {
  code: 'acme-not-reachable',
  why: 'This machine cannot connect to it.',
  next: 'Check the network, a VPN and a firewall, then try again: the order continues.',
};
const BROKEN: Words = {
  code: 'acme-connection-lost',
  why: 'The connection broke.',
  next: 'Try again: the order continues.',
};
const UNKNOWN_ROOT: Words = {
  code: 'acme-root-unknown',
  why: 'This machine does not know the authority of its certificate.',
  next: 'Name its root if it is your own; do not go on if it is public, because someone reads along.',
  inTerminal:
    'Name its root with --directory-root FILE if it is your own; do not go on if it is public.',
};
const CLOCK = 'Check the clock of this machine, and tell the authority if it is right.';

const WORDS: Readonly<Partial<Record<string, Words>>> = {
  ENOTFOUND: UNKNOWN_HOST,
  EAI_AGAIN: UNKNOWN_HOST,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  ETIMEDOUT: UNREACHABLE,
  ECONNRESET: BROKEN,
  EPIPE: BROKEN,
  ECONNREFUSED: {
    code: 'acme-not-reachable',
    why: 'Nothing listens at that address.',
    next: 'Check host and port of the URL, or start the server where it is your own.',
  },
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_ROOT,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_ROOT,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_ROOT,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_ROOT,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_ROOT,
  CERT_SIGNATURE_FAILURE: UNKNOWN_ROOT,
  CERT_HAS_EXPIRED: {
    code: 'acme-certificate-expired',
    why: 'The certificate of the server has expired, by the clock of this machine.',
    next: CLOCK,
  },
  CERT_NOT_YET_VALID: {
    code: 'acme-clock-wrong',
    why: 'The certificate of the server is not valid yet, by the clock of this machine.',
    next: CLOCK,
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    code: 'acme-wrong-server',
    why: 'The certificate of the server is for another name.',
    next: 'Check the URL, and do not go on if it is right: another server answers in its place.',
  },
};

/**
 * Why an ACME server could not be asked, and what to do.
 *
 * @param error what `askOverTls` threw
 */
export function explainConnection(error: unknown, url: string): ExplainedError {
  if (error instanceof ExplainedError) return error;
  const host = URL.canParse(url) ? new URL(url).host : url;
  const details = error instanceof Error ? error.message : String(error);
  const words = findWords(error) ?? {
    code: 'acme-connection-lost',
    why: `The connection failed: ${details}.`,
    next: 'Check the URL and the network, then try again.',
  };
  return new ExplainedError(
    { ...words, what: `The ACME server at ${host} could not be asked.`, details },
    error,
  );
}

function findWords(error: unknown): Words | undefined {
  if (error instanceof TimeoutError) return { ...UNREACHABLE, why: 'It did not answer in time.' };
  // Where a name has several addresses, each failed in its own way.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return WORDS[systemCode(first) ?? ''] ?? WORDS[systemCode(error) ?? ''];
}
