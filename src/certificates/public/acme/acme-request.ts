import type { Agent } from 'node:https';
import type { Order } from 'acme-client';
import type { ServerName } from '../../../project/domain.ts';
import { ExplainedError } from '../../../system/errors.ts';
import { parseCertificates } from '../../encoding/pem-certificates.ts';
import { exportKey, generateKeys, type KeyType } from '../../issue/keys.ts';
import type { AcmeSource } from '../certificate-source.ts';
import type { IssuedCertificate } from '../issued-certificate.ts';
import { isAwsEndpoint } from './aws-endpoint.ts';
import { forgetAccountUrl, openAccount } from './account.ts';
import { hasCode, PROBLEM_CODES } from './acme-problems.ts';
import { fetchDirectory, type Directory } from './directory.ts';
import { explainInvalid, fulfilOrder, isFulfilled, type Fulfilled } from './fulfil-order.ts';
import { openAgent } from './connection/https-request.ts';
import { findIssuingPath } from './issuing-path.ts';
import { findKnownDirectory } from './known-directories.ts';
import { readOrder, writeOrder, type OrderRecord } from './order-record.ts';
import { readOrderableNames } from './orderable-names.ts';
import { preflight } from './preflight.ts';
import { noteRehearsal, readRehearsed } from './rehearsals.ts';
import type { Responder } from './responder.ts';
import type { AccountBinding, Session } from './connection/acme-session.ts';

export interface AcmeRequest {
  /** Absolute path of the workspace folder. */
  readonly workspace: string;
  readonly source: AcmeSource;
  readonly keyType: KeyType;
  /** Needed once per directory, where it wants one. */
  readonly eab?: AccountBinding | undefined;
  /** The identifier of the certificate that this one replaces (RFC 9773, section 4.1). */
  readonly replaces?: string | undefined;
  readonly responder: Responder;
  /** Shows the URL of the terms to the user, once per directory. @throws where they refuse */
  readonly agreeToTerms: (terms: string) => Promise<void>;
  /** Hears what is being done, as a few words. */
  readonly report: (step: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Requests a certificate from an ACME server (RFC 8555). What is done is noted before each step, so
 * that a request that was broken off goes on where it was; `forgetOrder` says that the certificate is
 * in its place. Call it under `holdOrder`.
 *
 * @throws ExplainedError what stands in the way; what `agreeToTerms` throws; AbortError
 */
export async function requestFromAcme(request: AcmeRequest): Promise<IssuedCertificate> {
  const { source, report, signal } = request;
  const names = readOrderableNames(source.names, provingOf(source).type, source.directory);
  const agent = await openAgent(source.directoryRoots);
  try {
    report(`asking ${new URL(source.directory).host}`);
    const directory = await fetchDirectory(agent, source.directory, signal);
    refuseUnknownProfile(directory, source.profile);
    const record = await obtain(request, { agent, directory, names }).catch(
      async (error: unknown) => {
        if (!hasCode(error, [PROBLEM_CODES.accountDoesNotExist])) throw error;
        // It does not know us any more, like a server for tests that was restarted.
        await forgetAccountUrl(directory.url);
        return obtain(request, { agent, directory, names });
      },
    );
    if (findKnownDirectory(directory.url)?.word === 'staging') {
      await noteRehearsal(request.workspace, record.names);
    }
    const [chain = '', ...alternatives] = record.chains;
    const more = [...alternatives, source.directoryRoots ?? ''];
    return { key: record.key, ...(await findIssuingPath({ chain, more, signal })) };
  } finally {
    agent.destroy();
  }
}

interface Place {
  readonly agent: Agent;
  readonly directory: Directory;
  readonly names: readonly ServerName[];
}

/** Brings an order to its end, the one that was broken off before another. */
async function obtain(request: AcmeRequest, place: Place): Promise<Fulfilled> {
  const { workspace, source, eab: binding, agreeToTerms, report, signal } = request;
  const { agent, directory, names } = place;
  const { email } = source;
  const session = await openAccount({ agent, directory, email, binding, agreeToTerms, signal });
  const subject = {
    directory: directory.url,
    account: session.client.getAccountUrl(),
    names: names.map(({ value }) => value).toSorted(),
    ...(source.profile === undefined ? {} : { profile: source.profile }),
  };
  const kept = await readOrder(workspace, subject);
  if (kept && isFulfilled(kept) && isYoung(kept)) return kept;
  const order = kept?.url === undefined ? undefined : await takeUp(session, kept.url, report);
  const fulfilment = { ...request, names, session };
  if (order && kept) {
    report('going on with the order that was broken off');
    const fulfilled = await fulfilOrder(fulfilment, order, await chooseKey(request, kept));
    if (isYoung(fulfilled)) return fulfilled;
  }
  await lookAhead(request, place);
  const record: OrderRecord = {
    ...subject,
    keyType: request.keyType,
    key: await makeKey(request.keyType),
    isFinalised: false,
  };
  await writeOrder(workspace, record);
  report('ordering the certificate');
  const fresh = await placeOrder(session, request, place);
  const noted = { ...record, url: fresh.url };
  await writeOrder(workspace, noted);
  return fulfilOrder(fulfilment, fresh, noted);
}

/** Whether half of a certificate's life is still to come. An older one is not worth fetching. */
function isYoung({ chains: [chain = ''] }: Fulfilled): boolean {
  const [leaf] = parseCertificates(chain);
  if (leaf === undefined) return false;
  const [from, to] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
  return Date.now() < (from + to) / 2;
}

/** What can be known before an attempt is spent. */
async function lookAhead(
  { workspace, source, responder, report, signal }: AcmeRequest,
  { directory, names }: Place,
): Promise<void> {
  const rehearsed = await readRehearsed(workspace);
  const proved = { ...source, challenge: provingOf(source) };
  await preflight({ names, source: proved, directory, rehearsed, report, signal });
  if (!isAwsEndpoint(directory.url)) await responder.check(signal);
}

/** AWS asks for no proof: the owner of its endpoint had the names approved, by DNS. */
function provingOf({ directory, challenge }: AcmeSource): AcmeSource['challenge'] {
  return isAwsEndpoint(directory) ? { type: 'dns-01' } : challenge;
}

/** The order that was broken off; undefined where nothing can come of it any more. */
async function takeUp(
  session: Session,
  url: string,
  report: AcmeRequest['report'],
): Promise<Order | undefined> {
  try {
    const order = await session.ask((client) => client.getOrder(orderAt(url)));
    if (order.status !== 'invalid') return order;
    report(`the order before came to nothing: ${explainInvalid(order).message}`);
    return undefined;
  } catch (error) {
    const { notFound, malformed, unauthorized } = PROBLEM_CODES;
    if (!hasCode(error, [notFound, malformed, unauthorized])) throw error;
    report('the order before is gone');
    return undefined;
  }
}

/** All that the client reads of an order that is fetched is where it is. */
function orderAt(url: string): Order {
  return { url, status: 'pending', identifiers: [], authorizations: [], finalize: '' };
}

/** The key of an order, which may be another one until the authority has the request for it. */
async function chooseKey({ keyType }: AcmeRequest, record: OrderRecord): Promise<OrderRecord> {
  if (record.isFinalised || record.keyType === keyType) return record;
  return { ...record, keyType, key: await makeKey(keyType) };
}

async function makeKey(keyType: KeyType): Promise<string> {
  return exportKey((await generateKeys(keyType)).privateKey);
}

async function placeOrder(
  session: Session,
  { source: { profile }, replaces }: AcmeRequest,
  { names, directory }: Place,
): Promise<Order> {
  const subject = {
    identifiers: names.map(({ kind, value }) => ({ type: kind, value })),
    ...(profile === undefined ? {} : { profile }),
  };
  if (replaces !== undefined && directory.renewalInfo !== undefined) {
    try {
      const replacing = { ...subject, replaces };
      return await session.ask((client) => client.createOrder(replacing));
    } catch (error) {
      // What it replaces only helps the authority: without it the certificate is ordered all the same.
      const { alreadyReplaced, notFound, malformed, unauthorized } = PROBLEM_CODES;
      if (!hasCode(error, [alreadyReplaced, notFound, malformed, unauthorized])) throw error;
    }
  }
  return session.ask((client) => client.createOrder(subject));
}

function refuseUnknownProfile({ url, profiles }: Directory, profile: string | undefined): void {
  if (profile === undefined || Object.hasOwn(profiles, profile)) return;
  const names = Object.keys(profiles);
  throw new ExplainedError({
    code: 'acme-profile-unknown',
    what: `The authority has no profile ${profile}.`,
    why:
      names.length === 0
        ? `${new URL(url).host} has none at all.`
        : `${new URL(url).host} has ${names.join(', ')}.`,
    next: 'Name one of its own, or none.',
  });
}
