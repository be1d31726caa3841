import {
  ExplainedError,
  isCancellation,
  systemCode,
  type Problem,
} from '../../../system/errors.ts';
import { asSentence, isNamed, type Asked, type Failure, type Rule } from './acm-failure.ts';
import { SIGN_IN_RULES } from './sign-in-rules.ts';

/**
 * Explains why AWS did not do what it was asked for.
 *
 * @param error what the SDK threw
 * @returns ExplainedError `aws-…`, or the error itself where it is explained already or a cancellation
 */
export function explainAcmFailure(error: unknown, asked: Asked): Error {
  if (error instanceof ExplainedError || isCancellation(error)) return error as Error;
  const failure = readFailure(error, asked);
  const problem = RULES.flatMap(({ applies, explain }) =>
    applies(failure) ? [explain(failure)] : [],
  )[0];
  return new ExplainedError(
    { ...(problem ?? explainOther(failure)), details: `${failure.name}: ${failure.message}` },
    error,
  );
}

function readFailure(error: unknown, asked: Asked): Failure {
  const name = error instanceof Error ? error.name : 'Error';
  const message = error instanceof Error ? error.message : String(error);
  // Several addresses that failed are one error without words of its own.
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const cause = inner instanceof Error ? inner.cause : undefined;
  return { ...asked, name, message, code: systemCode(inner) ?? systemCode(cause) ?? '' };
}

/** In the order they are tried: what is said in words before what a class of errors says. */
const RULES: readonly Rule[] = [
  ...SIGN_IN_RULES,
  {
    applies: (failure) =>
      isNamed('AccessDenied', 'UnauthorizedOperation', 'NotAuthorized', 'Forbidden')(failure) ||
      /not authorized to perform/i.test(failure.message),
    explain: ({ action, message }) => {
      // AWS says itself what was missing; it may be another action than the one that was asked for.
      const [missing] = /\b(acm|acm-pca|sts|sso|kms):\w+/.exec(message) ?? [];
      const named = missing ?? `acm:${action ?? '*'}`;
      return {
        code: 'aws-access-denied',
        what: `AWS does not allow you ${named}.`,
        why: 'No policy of your user or role allows it, or one forbids it.',
        next: `Ask for ${named} to be allowed, or choose another profile.`,
        inTerminal: `Ask for ${named} to be allowed, or name another profile (--profile).`,
      };
    },
  },
  {
    applies: isNamed('ResourceNotFound', 'CertificateNotFound'),
    explain: ({ region }) => ({
      code: 'aws-certificate-not-found',
      what: `There is no such certificate in ${region ?? 'that region'}.`,
      why: 'It is in another region or account, or it was deleted.',
      next: 'Choose its region and the profile of its account.',
      inTerminal: 'Name its --region and --profile; chroma-tls aws list shows what is there.',
    }),
  },
  {
    applies: isNamed('LimitExceeded', 'ServiceQuotaExceeded', 'TooManyCertificates'),
    explain: ({ region, message }) => ({
      code: 'aws-limit-exceeded',
      what: `AWS takes no more certificates of yours in ${region ?? 'that region'}.`,
      why: `AWS says: ${asSentence(message)}`,
      next: 'Delete what nobody uses, or have the quota raised in Service Quotas.',
    }),
  },
  {
    applies: isNamed(
      'Throttling',
      'ThrottledException',
      'TooManyRequests',
      'RequestLimitExceeded',
      'RequestThrottled',
    ),
    explain: () => ({
      code: 'aws-throttled',
      what: 'AWS has had too many requests from your account.',
      why: 'Its limits are per second and per account, and other programs share them.',
      next: 'Try again in a minute.',
    }),
  },
  {
    applies: isNamed('RequestInProgress'),
    explain: () => ({
      code: 'aws-certificate-pending',
      what: 'AWS has not issued the certificate yet.',
      next: 'Set its DNS records, then wait.',
      inTerminal: 'Set its DNS records, then look with chroma-tls aws list.',
    }),
  },
  {
    applies: isNamed(
      'Validation',
      'InvalidParameter',
      'InvalidArgs',
      'InvalidArn',
      'InvalidDomainValidationOptions',
      'InvalidState',
      'Conflict',
      'ResourceInUse',
      'TagPolicy',
    ),
    explain: ({ action, message }) => ({
      code: 'aws-refused',
      what:
        action === 'ImportCertificate'
          ? 'AWS does not take the certificate.'
          : `AWS refused the request (${action ?? 'unknown'}).`,
      why: `AWS says: ${asSentence(message)}`,
      next: adviseRefused(action),
    }),
  },
  {
    applies: ({ message }) => /region not accepted/i.test(message),
    explain: ({ region }) => ({
      code: 'aws-no-region',
      what: `AWS has no region ${region ?? 'of that name'}.`,
      next: 'Choose one by its code, such as eu-west-1.',
      inTerminal: 'Name one by its code, such as --region eu-west-1.',
    }),
  },
  {
    applies: ({ name }) => name === 'SyntaxError',
    explain: () => ({
      code: 'aws-not-understood',
      what: 'Another server answered in place of AWS.',
      why: 'It may be a proxy or a sign-in page of the network.',
      next: 'Check the network and AWS_ENDPOINT_URL, then try again.',
    }),
  },
  {
    applies: ({ code }) => UNTRUSTED.test(code),
    explain: ({ code, region }) => ({
      code: 'aws-not-verified',
      what: `AWS in ${region ?? 'that region'} cannot be verified, so nothing was sent.`,
      why:
        code === 'ERR_TLS_CERT_ALTNAME_INVALID'
          ? 'Its certificate is for another name.'
          : `This machine does not know its authority (${code}): a company’s TLS proxy may be on the way.`,
      next: 'Name the proxy’s authority in AWS_CA_BUNDLE, or have this machine trust it.',
    }),
  },
  {
    applies: ({ code, name }) => NETWORK.test(code) || name === 'TimeoutError',
    explain: ({ code, region }) => ({
      code: 'aws-not-reachable',
      what: `AWS in ${region ?? 'that region'} cannot be reached.`,
      why:
        code === 'ENOTFOUND'
          ? 'There is no such region, or this machine has no network.'
          : `The network gives no way there (${code || 'no answer in time'}).`,
      next: 'Check the region, the network and AWS_ENDPOINT_URL, then try again.',
    }),
  },
];

const UNTRUSTED =
  /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|ERR_TLS_CERT_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)/;
const NETWORK =
  /^(ENOTFOUND|EAI_|ECONN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|EPIPE|EPROTO|ERR_SSL_|TimeoutError)/;

function explainOther({ name, message, action }: Failure): Problem {
  return {
    code: 'aws-failed',
    what: `AWS refused${action === undefined ? '' : ` (${action})`}.`,
    why: `AWS says: ${asSentence(message || name)}`,
    next: 'Try again; health.aws.amazon.com says whether the service is disturbed.',
  };
}

function adviseRefused(action: string | undefined): string {
  switch (action) {
    case 'ImportCertificate':
      return 'It takes RSA of 1024 to 4096 bits or ECDSA on P-256, P-384 or P-521, valid today, with the chain up to its authority; under an ARN that is there only the same kind of key.';
    case 'RequestCertificate':
      return 'Public certificates are for names of the public DNS only, ten at most without a raised quota.';
    default:
      return 'chroma-tls aws list shows which certificates there are, and how they are.';
  }
}

/** Nothing says in which region. */
export function explainNoRegion(): ExplainedError {
  return new ExplainedError({
    code: 'aws-no-region',
    what: 'AWS was not asked: no region is set.',
    why: 'A certificate lies in one region, where what serves it is.',
    next: 'Set AWS_REGION, or the region of the profile.',
    inTerminal: 'Name it (--region eu-west-1), or set AWS_REGION or the region of the profile.',
  });
}
