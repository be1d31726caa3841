import * as v from 'valibot';
import { ExplainedError, type Problem } from '../../../system/errors.ts';
import { readJson } from '../../../system/json.ts';
import { explainAcmeProblem } from '../acme/acme-problems.ts';

/** What certbot says, and what that is to a user. */
interface Sign {
  readonly pattern: RegExp;
  readonly problem: Problem;
}

const WHAT = 'certbot got no certificate.';

/** By certbot's own words (2.1 to 5.8); the first that fits. */
const SIGNS: readonly Sign[] = [
  {
    pattern: /Could not bind TCP port (\d+) because it is already in use/,
    problem: {
      code: 'port-taken',
      what: WHAT,
      why: 'Another program listens on the port that certbot would answer on.',
      next: 'Stop that program for a moment, or prove the name by its web root or by DNS.',
      inTerminal: 'Stop that program for a moment, or prove the name by --webroot or --dns-hook.',
    },
  },
  {
    pattern: /Could not bind TCP port (\d+) because you don't have the appropriate permissions/,
    problem: {
      code: 'port-not-permitted',
      what: WHAT,
      why: 'Ports below 1024 are for root.',
      next: 'Choose a port from 1024 on, and have port 80 lead there.',
      inTerminal: 'Run it with sudo, or name a port with --http-port and have port 80 lead there.',
    },
  },
  {
    pattern: /Another instance of Certbot is already running/,
    problem: {
      code: 'certbot-busy',
      what: 'certbot did nothing.',
      why: 'It runs already, by its own timer perhaps.',
      next: 'Try again once that one is done.',
    },
  },
  {
    pattern: /You must agree (in order )?to register|should register before running|--agree-tos/,
    problem: {
      code: 'terms-not-agreed',
      what: WHAT,
      why: 'The authority opens an account only for those who agree to its terms.',
      next: 'Read the terms of the authority, then agree to them.',
      inTerminal: 'Read the terms of the authority, then agree with --agree-tos.',
    },
  },
  {
    pattern: /CERTIFICATE_VERIFY_FAILED|certificate verify failed/,
    problem: {
      code: 'directory-root-unknown',
      what: 'certbot could not verify the ACME directory.',
      why: 'Its root is not one of the public ones.',
      next: 'Name a file with that root in PEM.',
      inTerminal: 'Name a file with that root in PEM: --directory-root FILE.',
    },
  },
  {
    pattern: /Failed to establish a new connection|NameResolutionError|Max retries exceeded/,
    problem: {
      code: 'directory-not-reached',
      what: 'certbot could not reach the ACME directory.',
      next: 'Check its URL and this machine’s connection, then try again.',
    },
  },
  {
    pattern: /ClientError: <Response \[\d+\]>|KeyError: 'newNonce'|Expecting value/,
    problem: {
      code: 'directory-wrong',
      what: 'The URL that certbot asked is not an ACME directory.',
      next: 'Check the URL.',
      inTerminal: 'Check the URL of --directory.',
    },
  },
  {
    pattern: /does not exist or is not a directory/,
    problem: {
      code: 'webroot-missing',
      what: WHAT,
      why: 'The folder of the web server is not there.',
      next: 'Name the folder that it serves.',
      inTerminal: 'Name the folder that it serves: --webroot DIR.',
    },
  },
  {
    pattern:
      /Unable to find manual-(auth|cleanup)-hook|hook command .* exists, but is not executable/,
    problem: {
      code: 'hook-not-runnable',
      what: WHAT,
      why: 'The program that sets the DNS record is not there, or may not be run.',
      next: 'Name one, and make it executable (chmod +x).',
      inTerminal: 'Name one with --dns-hook, and make it executable (chmod +x).',
    },
  },
  {
    pattern: /Either run as root, or set --config-dir/,
    problem: {
      code: 'certbot-folders',
      what: WHAT,
      why: 'It may not write its own folders.',
      next: 'Run certbot in a terminal with sudo.',
      inTerminal: 'Run it with sudo, or name a folder of yours with --config-dir.',
    },
  },
];

/**
 * Why certbot failed, by what it said and what its log has. Pure.
 *
 * @param said both of its output streams
 */
export function explainFailure(said: string, log: string): ExplainedError {
  const sign = SIGNS.find(({ pattern }) => pattern.test(said));
  if (sign) return new ExplainedError({ ...sign.problem, details: said });
  const verdict = findVerdict(said) ?? findLogged(said, log);
  if (verdict) {
    const { type, detail, name } = verdict;
    const { problem } = explainAcmeProblem(
      { type: `urn:ietf:params:acme:error:${type}`, detail },
      name === undefined ? {} : { name },
    );
    return new ExplainedError({ ...problem, details: said });
  }
  const [, unexpected] = /An unexpected error occurred:\n(.+)/.exec(said) ?? [];
  const why = (unexpected ?? findLastWords(said))?.replaceAll(/\p{C}+/gu, ' ');
  return new ExplainedError({
    code: 'certbot-failed',
    what: WHAT,
    ...(why === undefined ? {} : { why: `It says: ${endSentence(why)}` }),
    next: 'Correct what it names, then try again.',
    details: said,
  });
}

/** What an authority said. */
interface Verdict {
  /** Without the prefix of RFC 8555's types. */
  readonly type: string;
  readonly detail: string;
  readonly name?: string;
}

/** What it said of a name that was not proved. */
function findVerdict(said: string): Verdict | undefined {
  const found = / (?:Domain|Identifier): (.+)\n +Type: +(\w+)\n +Detail: (.+)/.exec(said);
  const [, name = '', type = '', detail = ''] = found ?? [];
  return found ? { type, detail, name } : undefined;
}

/**
 * The last problem document (RFC 7807) of a log. A nonce that was rejected is asked for again, once. Where
 * that one is rejected too, 2.1 stumbles over it (certbot/certbot#9539).
 */
function findLogged(said: string, log: string): Verdict | undefined {
  const documents = log.matchAll(
    /"type":\s*"urn:ietf:params:acme:error:(\w+)",\s*"detail":\s*("(?:[^"\\]|\\.)*")/g,
  );
  const verdicts = Array.from(documents, ([, type = '', detail = '']) => ({
    type,
    detail: readJson(v.string(), detail) ?? detail,
  }));
  const found = verdicts.findLast(({ type }) => type !== 'badNonce');
  return (
    found ?? (said.includes("AttributeError: can't set attribute") ? verdicts.at(-1) : undefined)
  );
}

/** What certbot said last, without where to ask and to read more. */
function findLastWords(said: string): string | undefined {
  return said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(Ask for help|Saving debug log|Some challenges)/.test(line))
    .at(-1);
}

function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
