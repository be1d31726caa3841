import type { X509Certificate } from 'node:crypto';
import type { Agent } from 'node:https';
import * as v from 'valibot';
import { isCancellation } from '../../../system/errors.ts';
import { readJson } from '../../../system/json.ts';
import { readAuthorityIdentifier } from '../../inspect/authority-identifier.ts';
import type { AcmeSource } from '../certificate-source.ts';
import type { RenewalInformation } from '../renewal-record.ts';
import { fetchDirectory } from './directory.ts';
import { askOverTls, openAgent, type HttpsAnswer } from './connection/https-request.ts';
import { readRetryAfter } from './connection/retry-after.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** RFC 9773, section 4.3.2: what a client makes of Retry-After, and where there is none. */
const SOONEST = MINUTE;
const LATEST = 24 * HOUR;
const USUAL = 6 * HOUR;

/** RFC 9773, section 4.2; both ends in RFC 3339. */
const RENEWAL_INFO = v.object({
  suggestedWindow: v.pipe(
    v.object({
      start: v.pipe(v.string(), v.isoTimestamp(), v.transform(Date.parse), v.finite()),
      end: v.pipe(v.string(), v.isoTimestamp(), v.transform(Date.parse), v.finite()),
    }),
    v.check(({ start, end }) => start < end),
  ),
  explanationURL: v.exactOptional(
    v.pipe(v.string(), v.url(), v.regex(/^https?:/), v.maxLength(1000)),
  ),
});

/**
 * What names a certificate to its authority (RFC 9773, section 4.1): the identifier of the key that
 * signed it, and its serial number. Undefined where it does not say which key that was.
 */
export function nameCertificate(certificate: X509Certificate): string | undefined {
  const authority = readAuthorityIdentifier(certificate);
  if (!authority) return undefined;
  // As DER has it: whole bytes, and a zero before one that would make it negative.
  const digits = certificate.serialNumber;
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  const serial = Buffer.from(/^[89a-f]/i.test(even) ? `00${even}` : even, 'hex');
  return `${authority.toString('base64url')}.${serial.toString('base64url')}`;
}

/**
 * Asks an ACME server when a certificate of its should be renewed. It is asked without an account, and
 * an error does not count as a failure: what it said before holds, and it is asked again later.
 *
 * @param before what it said the last time; a moment that still lies in its window is kept
 * @param random from 0 to 1, chooses the moment in the window
 * @throws AbortError when the signal fires
 */
export async function askForRenewal(
  { directory: url, directoryRoots }: Pick<AcmeSource, 'directory' | 'directoryRoots'>,
  certificate: X509Certificate,
  {
    before,
    signal,
    random = Math.random(),
  }: {
    readonly before: RenewalInformation | undefined;
    readonly signal: AbortSignal;
    readonly random?: number;
  },
): Promise<RenewalInformation> {
  const agent = await openAgent(directoryRoots);
  try {
    const answer = await ask(agent, url, certificate, signal);
    return readAnswer(answer, { before, random, now: Date.now() });
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { ...before, checkAt: Date.now() + HOUR };
  } finally {
    agent.destroy();
  }
}

async function ask(
  agent: Agent,
  url: string,
  certificate: X509Certificate,
  signal: AbortSignal,
): Promise<HttpsAnswer | undefined> {
  const { renewalInfo } = await fetchDirectory(agent, url, signal);
  const name = nameCertificate(certificate);
  // A base without TLS would let anybody on the way say when to renew.
  if (name === undefined || !renewalInfo?.startsWith('https://')) return undefined;
  return askOverTls(agent, { url: `${renewalInfo.replace(/\/$/, '')}/${name}` }, signal);
}

/**
 * What an answer says, with a moment of its window. Pure.
 *
 * @param answer undefined from a server that says nothing of renewals
 */
export function readAnswer(
  answer: HttpsAnswer | undefined,
  {
    before,
    random,
    now,
  }: {
    readonly before: RenewalInformation | undefined;
    readonly random: number;
    readonly now: number;
  },
): RenewalInformation {
  if (!answer) return { checkAt: now + LATEST };
  const said = answer.status === 200 ? readJson(RENEWAL_INFO, answer.body) : undefined;
  const retry = readRetryAfter(answer.headers, new Date(now))?.getTime() ?? now + USUAL;
  const checkAt = Math.min(Math.max(retry, now + SOONEST), now + LATEST);
  if (!said) return { ...before, checkAt };
  const { start, end } = said.suggestedWindow;
  const kept = before?.window?.chosen;
  const isKept = kept !== undefined && start <= kept && kept <= end;
  return {
    checkAt,
    window: {
      start,
      end,
      chosen: isKept ? kept : Math.round(start + random * (end - start)),
      ...(said.explanationURL === undefined ? {} : { explanation: said.explanationURL }),
    },
  };
}
