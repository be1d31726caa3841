import {
  ExplainedError,
  isCancellation,
  systemCode,
  type Problem,
} from '../../../system/errors.ts';

/** What was asked of AWS when it failed. */
export interface Asked {
  /** As IAM calls it, without `acm:`; undefined before anything was asked. */
  readonly action: string | undefined;
  readonly region: string | undefined;
  readonly profile: string | undefined;
}

interface Failure extends Asked {
  /** AWS's own name of the error, or the system's code. */
  readonly name: string;
  readonly message: string;
  /** The code of the system's error inside, such as `ENOTFOUND`. */
  readonly code: string;
}

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

interface Rule {
  readonly applies: (failure: Failure) => boolean;
  readonly explain: (failure: Failure) => Problem;
}

/** Whether AWS, or a program in its place, calls the error so; `…Exception` or not. */
function isNamed(...names: readonly string[]): Rule['applies'] {
  return ({ name }) => names.includes(name.replace(/(Exception|Error)$/, ''));
}

/** In the order they are tried: what is said in words before what a class of errors says. */
const RULES: readonly Rule[] = [
  {
    applies: ({ name, message }) =>
      isNamed('ExpiredToken', 'RequestExpired')({ name } as Failure) ||
      /\bexpired\b.*\b(sso|token|session)\b|\b(sso|token|session)\b.*\bexpired\b/i.test(message) ||
      /aws sso login|sso session .* (invalid|not found)/i.test(message),
    explain: explainExpired,
  },
  {
    applies: ({ name, message }) =>
      /region is missing/i.test(message) || name === 'InvalidRegionError',
    explain: () => ({
      code: 'aws-no-region',
      what: 'AWS was not asked: no region is set.',
      why: 'A certificate lies in one region, where what serves it is.',
      next: 'Name it (--region eu-west-1), set AWS_REGION, or set region in the profile.',
    }),
  },
  {
    applies: ({ message }) =>
      /could not resolve credentials using profile|profile .* could not be found/i.test(message),
    explain: ({ profile }) => ({
      code: 'aws-no-credentials',
      what: `There are no credentials for AWS in the profile ${nameProfile(profile)}.`,
      why: 'There is no such profile in ~/.aws/config or ~/.aws/credentials, or it says nothing to sign in with.',
      next: `Name another one (--profile), or set it up with ${login('aws configure', profile)}.`,
    }),
  },
  {
    applies: ({ name, message }) =>
      isNamed('CredentialsProvider', 'TokenProvider', 'ProviderError')({ name } as Failure) ||
      /could not load credentials|credential is missing/i.test(message),
    explain: ({ profile }) => ({
      code: 'aws-no-credentials',
      what: 'There are no credentials for AWS.',
      why: 'Neither the environment, nor a profile of ~/.aws, nor the role of a container or instance gives any.',
      next: `Sign in with ${login('aws configure', profile)} or ${login('aws sso login', profile)}, or name a profile (--profile).`,
    }),
  },
  {
    applies: isNamed(
      'UnrecognizedClient',
      'InvalidClientTokenId',
      'InvalidAccessKeyId',
      'AuthFailure',
      'MissingAuthenticationToken',
    ),
    explain: ({ profile }) => ({
      code: 'aws-credentials-rejected',
      what: 'AWS does not know the credentials.',
      why: 'The access key was deleted or is mistyped, or it belongs to another part of AWS (China, GovCloud).',
      next: `Sign in again with ${login('aws configure', profile)}, or name another profile (--profile).`,
    }),
  },
  {
    applies: isNamed(
      'SignatureDoesNotMatch',
      'InvalidSignature',
      'IncompleteSignature',
      'RequestTimeTooSkewed',
    ),
    explain: () => ({
      code: 'aws-credentials-rejected',
      what: 'AWS does not accept the signature of the request.',
      why: 'The secret access key is not the one of that access key, or this machine’s clock is wrong.',
      next: 'Set the clock, then enter the secret access key again (aws configure).',
    }),
  },
  {
    applies: ({ name, message }) =>
      isNamed(
        'AccessDenied',
        'UnauthorizedOperation',
        'NotAuthorized',
        'Forbidden',
      )({ name } as Failure) || /not authorized to perform/i.test(message),
    explain: ({ action, message }) => {
      // AWS says itself what was missing; it may be another action than the one that was asked for.
      const [missing] = /\b(acm|acm-pca|sts|sso|kms):\w+/.exec(message) ?? [];
      const named = missing ?? `acm:${action ?? '*'}`;
      return {
        code: 'aws-access-denied',
        what: `AWS does not allow you ${named}.`,
        why: 'No policy of your user or role allows it, or one forbids it.',
        next: `Have ${named} allowed for it, or name another profile (--profile).`,
      };
    },
  },
  {
    applies: isNamed('ResourceNotFound', 'CertificateNotFound'),
    explain: ({ region }) => ({
      code: 'aws-certificate-not-found',
      what: `There is no such certificate in ${region ?? 'that region'}.`,
      why: 'It lies in another region or another account, or it was deleted.',
      next: 'Name its region (--region) and its account’s profile (--profile); chroma-tls aws list shows what is there.',
    }),
  },
  {
    applies: isNamed('LimitExceeded', 'ServiceQuotaExceeded', 'TooManyCertificates'),
    explain: ({ region, message }) => ({
      code: 'aws-limit-exceeded',
      what: `AWS takes no more certificates of yours in ${region ?? 'that region'}.`,
      why: `AWS says: ${asSentence(message)}`,
      next: 'Delete what nobody uses, or have the quota raised (Service Quotas, AWS Certificate Manager).',
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
      next: 'Set its DNS records and wait; chroma-tls aws list shows how it is.',
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
    applies: ({ name }) => name === 'SyntaxError',
    explain: () => ({
      code: 'aws-not-understood',
      what: 'What answered in AWS’s place did not answer as AWS does.',
      why: 'A proxy or a sign-in page of the network is on the way, or it is another server.',
      next: 'Check the network and AWS_ENDPOINT_URL, then try again.',
    }),
  },
  {
    applies: ({ code }) => UNTRUSTED.test(code),
    explain: ({ code, region }) => ({
      code: 'aws-not-verified',
      what: `What answers for AWS in ${region ?? 'that region'} cannot be verified, so nothing was sent.`,
      why:
        code === 'ERR_TLS_CERT_ALTNAME_INVALID'
          ? 'Its certificate is for another name.'
          : `No authority that is known here has signed its certificate (${code}); a company’s TLS proxy on the way does that.`,
      next: 'Name the file of that proxy’s authority in AWS_CA_BUNDLE, or have this machine trust it.',
    }),
  },
  {
    applies: ({ code, name }) => NETWORK.test(code) || name === 'TimeoutError',
    explain: ({ code, region }) => ({
      code: 'aws-not-reachable',
      what: `AWS in ${region ?? 'that region'} cannot be reached.`,
      why:
        code === 'ENOTFOUND'
          ? 'There is no such host: there is no such region, or this machine has no network.'
          : `The network does not lead there (${code || 'no answer in time'}).`,
      next: 'Check the region, the network and AWS_ENDPOINT_URL, then try again.',
    }),
  },
];

const UNTRUSTED =
  /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|ERR_TLS_CERT_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)/;
const NETWORK =
  /^(ENOTFOUND|EAI_|ECONN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|EPIPE|EPROTO|ERR_SSL_|TimeoutError)/;

function explainExpired({ profile, message }: Failure): Problem {
  const isSso = /\bsso\b/i.test(message);
  const line = login(isSso ? 'aws sso login' : 'aws login', profile);
  return {
    code: 'aws-expired',
    what: 'Your sign-in to AWS has expired.',
    ...(profile === undefined ? {} : { why: `It is that of the profile ${profile}.` }),
    next: isSso
      ? `Sign in again with ${line}.`
      : `Sign in again with ${login('aws sso login', profile)}, or get new temporary credentials where these came from.`,
    ...(isPlain(profile)
      ? { action: { terminal: login('aws sso login', profile), label: 'Sign In' } }
      : {}),
  };
}

function explainOther({ name, message, action }: Failure): Problem {
  return {
    code: 'aws-failed',
    what: `AWS did not do it${action === undefined ? '' : ` (${action})`}.`,
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

function nameProfile(profile: string | undefined): string {
  return profile ?? 'default';
}

/** A line for a terminal; a profile that a shell would read otherwise is left out of it. */
function login(command: string, profile: string | undefined): string {
  return profile !== undefined && isPlain(profile) ? `${command} --profile ${profile}` : command;
}

function isPlain(profile: string | undefined): boolean {
  return profile === undefined || /^[\w@.+][\w@.+-]*$/.test(profile);
}

function asSentence(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const short = line.length > 300 ? `${line.slice(0, 300)}…` : line;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}
