import type { Agent } from 'node:https';
import * as v from 'valibot';
import { ExplainedError, isCancellation } from '../../../system/errors.ts';
import { readJson } from '../../../system/json.ts';
import { refuseWrongClock } from './connection/clock-check.ts';
import { explainConnection } from './connection/connection-problems.ts';
import { askOverTls } from './connection/https-request.ts';

/** An ACME directory (RFC 8555, section 7.1.1; profiles: draft-ietf-acme-profiles; RFC 9773). */
const DIRECTORY = v.object({
  newNonce: v.string(),
  newAccount: v.string(),
  newOrder: v.string(),
  renewalInfo: v.optional(v.string()),
  meta: v.optional(
    v.object({
      termsOfService: v.optional(v.string()),
      website: v.optional(v.string()),
      externalAccountRequired: v.optional(v.boolean()),
      profiles: v.optional(v.record(v.string(), v.string())),
      caaIdentities: v.optional(v.array(v.string())),
    }),
  ),
});

/** What an ACME server says of itself. */
export interface Directory {
  readonly url: string;
  /** URL of the terms a user has to agree to, where there are some. */
  readonly terms?: string;
  readonly website?: string;
  /** Whether an account here needs one with the authority already. */
  readonly needsBinding: boolean;
  /** What each profile is for, by its name. */
  readonly profiles: Readonly<Record<string, string>>;
  /** What it calls itself in CAA records; none where it does not look at them. */
  readonly caaIdentities: readonly string[];
  /** Where it says when a certificate should be renewed. */
  readonly renewalInfo?: string;
}

/**
 * Reads the directory of an ACME server.
 *
 * @throws ExplainedError `acme-directory-invalid`, `acme-clock-wrong`, and those of `explainConnection`; AbortError
 */
export async function fetchDirectory(
  agent: Agent,
  url: string,
  signal: AbortSignal,
): Promise<Directory> {
  refusePlain(url);
  const answer = await askOverTls(agent, { url }, signal).catch((error: unknown) => {
    throw isCancellation(error) ? error : explainConnection(error, url);
  });
  const read = answer.status === 200 ? readJson(DIRECTORY, answer.body) : undefined;
  if (read === undefined) throw explainNoDirectory(url, answer.status);
  refuseWrongClock(answer.headers.date, Date.now());
  const { termsOfService, website, externalAccountRequired, profiles, caaIdentities } =
    read.meta ?? {};
  return {
    url,
    needsBinding: externalAccountRequired ?? false,
    profiles: profiles ?? {},
    caaIdentities: caaIdentities ?? [],
    ...(termsOfService === undefined ? {} : { terms: termsOfService }),
    ...(website === undefined ? {} : { website }),
    ...(read.renewalInfo === undefined ? {} : { renewalInfo: read.renewalInfo }),
  };
}

/** Throws before anything is sent in clear (RFC 8555, section 6.1). */
function refusePlain(url: string): void {
  if (URL.canParse(url) && new URL(url).protocol === 'https:') return;
  throw new ExplainedError({
    code: 'acme-directory-invalid',
    what: `${url} cannot be the directory of an ACME server.`,
    why: 'It is asked over TLS, at a URL that starts with https://.',
    next: 'Name its whole URL, or staging, production, zerossl or google.',
  });
}

function explainNoDirectory(url: string, status: number): ExplainedError {
  return new ExplainedError({
    code: 'acme-directory-invalid',
    what: `${url} is not the directory of an ACME server.`,
    why:
      status === 200
        ? 'What it answers has none of the addresses that a directory names.'
        : `It answers with status ${status}.`,
    next: 'Look the URL up where the authority describes its ACME server.',
  });
}
