import { ExplainedError, type Problem } from '../../../system/errors.ts';
import { isNamed, type Failure, type Rule } from './acm-failure.ts';

/** What is wrong with the credentials, in the order it is looked for. */
export const SIGN_IN_RULES: readonly Rule[] = [
  {
    applies: (failure) =>
      isNamed('ExpiredToken', 'RequestExpired')(failure) || EXPIRED.test(failure.message),
    explain: explainExpired,
  },
  {
    applies: ({ message }) => /could not resolve credentials using profile/i.test(message),
    explain: ({ profile }) => describeNoProfile(profile, 'It says nothing to sign in with.'),
  },
  {
    applies: (failure) =>
      isNamed('CredentialsProvider', 'TokenProvider', 'Provider')(failure) ||
      /could not load credentials|credential is missing/i.test(failure.message),
    explain: ({ profile }) => ({
      code: 'aws-no-credentials',
      what: 'There are no credentials for AWS.',
      why: 'Neither the environment, a profile of ~/.aws nor a role gives any.',
      next: `Sign in with ${login('aws configure', profile)} or ${login('aws sso login', profile)}, or choose a profile.`,
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
      what: 'AWS does not know the access key.',
      why: 'It was deleted or mistyped, or belongs to another part of AWS (China, GovCloud).',
      next: `Sign in again with ${login('aws configure', profile)}, or choose another profile.`,
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
      why: 'The secret access key is another one’s, or this machine’s clock is wrong.',
      next: 'Set the clock, then enter the secret access key again (aws configure).',
    }),
  },
];

/** How the SDK words an SSO session that is over or was never begun. */
const EXPIRED =
  /\bexpired\b.*\b(sso|token|session)\b|\b(sso|token|session)\b.*\bexpired\b|aws sso login|sso session .* (invalid|not found)/i;

/** A profile was named that the user has not. */
export function explainNoProfile(profile: string): ExplainedError {
  const why = 'There is none of that name in ~/.aws/config or ~/.aws/credentials.';
  return new ExplainedError(describeNoProfile(profile, why));
}

function describeNoProfile(profile: string | undefined, why: string): Problem {
  return {
    code: 'aws-no-credentials',
    what: `There are no credentials for AWS in the profile ${profile ?? 'default'}.`,
    why,
    next: `Choose another one, or set it up with ${login('aws configure', profile)}.`,
  };
}

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

/** A line for a terminal; a profile that a shell would read otherwise is left out of it. */
function login(command: string, profile: string | undefined): string {
  return profile !== undefined && isPlain(profile) ? `${command} --profile ${profile}` : command;
}

function isPlain(profile: string | undefined): boolean {
  return profile === undefined || /^[\w@.+][\w@.+-]*$/.test(profile);
}
