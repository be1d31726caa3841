import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Agent } from 'node:https';
import type { Order } from 'acme-client';
import * as v from 'valibot';
import type { ServerName } from '../../../project/domain.ts';
import { ExplainedError } from '../../../system/errors.ts';
import { quietly } from '../../../system/quietly.ts';
import { createRequest } from '../../issue/certificate-request.ts';
import { exportKey, generateKeys, type KeyType } from '../../issue/keys.ts';
import type { AcmeSource } from '../certificate-source.ts';
import type { IssuedCertificate } from '../issued-certificate.ts';
import { forgetAccountUrl, openAccount } from './account.ts';
import { ACME_PROBLEM, explainAcmeProblem, PROBLEM_CODES } from './acme-problems.ts';
import { proveNames } from './authorizations.ts';
import { fetchDirectory, type Directory } from './directory.ts';
import { openAgent } from './https-request.ts';
import { findIssuingPath } from './issuing-path.ts';
import { findKnownDirectory } from './known-directories.ts';
import { forgetOrder, readOrder, writeOrder, type OrderRecord } from './order-record.ts';
import { readOrderableNames } from './orderable-names.ts';
import { poll } from './poll.ts';
import { preflight } from './preflight.ts';
import { noteRehearsal, readRehearsed } from './rehearsals.ts';
import type { Responder } from './responder.ts';
import type { AccountBinding, Session } from './session.ts';

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

/** Milliseconds; an authority may take minutes to sign, such as that of AWS. */
const SIGNING_LIMIT = 30 * 60_000;

/**
 * Requests a certificate from an ACME server (RFC 8555). What is done is noted before each step, so
 * that a request that was broken off goes on where it was; `forgetOrder` says that the certificate is
 * in its place. Call it under `holdOrder`.
 *
 * @throws ExplainedError what stands in the way; what `agreeToTerms` throws; AbortError
 */
export async function requestFromAcme(request: AcmeRequest): Promise<IssuedCertificate> {
  const { source, report, signal } = request;
  const names = readOrderableNames(source.names, source.challenge.type, source.directory);
  const agent = await openAgent(source.directoryRoots);
  try {
    report(`asking ${new URL(source.directory).host}`);
    const directory = await fetchDirectory(agent, source.directory, signal);
    refuseUnknownProfile(directory, source.profile);
    const record = await obtain(request, { agent, directory, names }).catch(
      async (error: unknown) => {
        if (!hasCode(error, [PROBLEM_CODES.accountDoesNotExist])) throw error;
        // It forgot us, as a server for tests does when it is started anew.
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

type Fulfilled = OrderRecord & { readonly chains: readonly string[] };

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
  if (kept && isFulfilled(kept)) return kept;
  const order = kept?.url === undefined ? undefined : await takeUp(session, kept.url, report);
  if (order && kept) {
    report('going on with the order that was broken off');
    return fulfil({ ...request, ...place, session }, order, await chooseKey(request, kept));
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
  return fulfil({ ...request, ...place, session }, fresh, noted);
}

/** What can be known before an attempt is spent. */
async function lookAhead(
  { workspace, source, responder, report, signal }: AcmeRequest,
  { directory, names }: Place,
): Promise<void> {
  const rehearsed = await readRehearsed(workspace);
  await preflight({ names, source, directory, rehearsed, report, signal });
  await responder.check(signal);
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
      // What it replaces helps the authority, and is no reason to go without a certificate.
      const { alreadyReplaced, notFound, malformed, unauthorized } = PROBLEM_CODES;
      if (!hasCode(error, [alreadyReplaced, notFound, malformed, unauthorized])) throw error;
    }
  }
  return session.ask((client) => client.createOrder(subject));
}

interface Fulfilment extends AcmeRequest, Place {
  readonly session: Session;
}

/** Takes an order from the state it is in to the certificate (RFC 8555, section 7.1.6). */
async function fulfil(
  fulfilment: Fulfilment,
  placed: Order,
  noted: OrderRecord,
): Promise<Fulfilled> {
  const { workspace, session, report, signal } = fulfilment;
  let order = placed;
  let record = noted;
  const waitWhile = (status: Order['status'], what: string): Promise<Order> =>
    poll({ session, signal, limit: SIGNING_LIMIT, what }, async () => {
      const seen = await session.ask((client) => client.getOrder(order));
      return seen.status === status ? undefined : seen;
    });
  for (;;) {
    switch (order.status) {
      case 'pending':
        await proveNames(order, fulfilment);
        order = await waitWhile('pending', 'taken the names as proved');
        break;
      case 'ready':
        record = { ...record, isFinalised: true };
        await writeOrder(workspace, record);
        report('having it signed');
        order = await finalise(fulfilment, order, record);
        break;
      case 'processing':
        report('waiting until the authority has signed it');
        order = await waitWhile('processing', 'signed the certificate');
        break;
      case 'valid':
        return download(fulfilment, order, record);
      case 'invalid':
        await forgetOrder(workspace);
        throw explainInvalid(order);
    }
  }
}

async function finalise(
  { workspace, session, names }: Fulfilment,
  order: Order,
  record: OrderRecord,
): Promise<Order> {
  const csr = await createRequest(createPrivateKey(record.key), names);
  try {
    return await session.ask((client) => client.finalizeOrder(order, csr));
  } catch (error) {
    if (hasCode(error, [PROBLEM_CODES.orderNotReady])) {
      return session.ask((client) => client.getOrder(order));
    }
    // With another type of key it may be signed all the same.
    if (hasCode(error, [PROBLEM_CODES.badCsr, PROBLEM_CODES.badPublicKey])) {
      await writeOrder(workspace, { ...record, isFinalised: false });
    }
    throw error;
  }
}

/** No authority is called so: the client then fetches every chain there is to look for it. */
const NO_ISSUER = 'chroma-tls: every chain';

/** @throws ExplainedError `acme-certificate-unfit` */
async function download(
  { workspace, session, report }: Fulfilment,
  order: Order,
  record: OrderRecord,
): Promise<Fulfilled> {
  report('fetching the certificate');
  await session.ask((client) => client.getCertificate(order, NO_ISSUER));
  const fulfilled = { ...record, chains: [...session.chains] };
  const leaf = quietly(() => new X509Certificate(fulfilled.chains[0] ?? ''));
  if (leaf?.checkPrivateKey(createPrivateKey(record.key)) !== true) {
    await forgetOrder(workspace);
    throw new ExplainedError({
      code: 'acme-certificate-unfit',
      what: 'What the authority issued is not for the key of the order.',
      next: 'Try again: another one is ordered.',
    });
  }
  await writeOrder(workspace, fulfilled);
  return fulfilled;
}

function isFulfilled(record: OrderRecord): record is OrderRecord & { chains: string[] } {
  return record.chains !== undefined && record.chains.length > 0;
}

function explainInvalid(order: Order): ExplainedError {
  const problem = v.safeParse(ACME_PROBLEM, order.error);
  if (problem.success) {
    const { status: _, ...rest } = problem.output;
    return explainAcmeProblem(rest, { name: order.identifiers[0]?.value ?? 'a name' });
  }
  return new ExplainedError({
    code: 'acme-order-invalid',
    what: 'The authority has dropped the order.',
    why: 'A name was not proved, or the order has expired.',
    next: 'Try again: another one is made.',
  });
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

function hasCode(error: unknown, codes: readonly string[]): boolean {
  return error instanceof ExplainedError && codes.includes(error.code);
}
