import { AsyncLocalStorage } from 'node:async_hooks';
import type { Agent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { axios, Client } from 'acme-client';
import { isCancellation, systemCode } from '../../../../system/errors.ts';
import { explainAcmeProblem, hasCode, PROBLEM_CODES, readAcmeProblem } from '../acme-problems.ts';
import { explainConnection } from './connection-problems.ts';
import { askOverTls, type HttpsAnswer, type HttpsRequest } from './https-request.ts';
import { readRetryAfter } from './retry-after.ts';

/** How `acme-client` is used: it signs, we send. */
export interface Session {
  readonly client: Client;
  /**
   * Has the client do one thing, over our own connections.
   *
   * @throws ExplainedError what the server or the connection says; AbortError
   */
  ask<T>(work: (client: Client) => Promise<T>): Promise<T>;
  /** Milliseconds that the server wants to be left alone after its last answer. */
  readonly patience: number;
  /** Each chain (PEM) that was downloaded. */
  readonly chains: ReadonlySet<string>;
}

interface SessionOptions {
  readonly agent: Agent;
  readonly directory: string;
  /** PEM. */
  readonly accountKey: string;
  readonly accountUrl?: string | undefined;
  readonly binding?: AccountBinding | undefined;
  readonly signal: AbortSignal;
}

/** What binds an ACME account to one that a user has with the authority (RFC 8555, section 7.3.4). */
export interface AccountBinding {
  readonly kid: string;
  /** base64url, as authorities show it. */
  readonly hmacKey: string;
}

interface Conversation {
  readonly agent: Agent;
  readonly signal: AbortSignal;
  readonly chains: Set<string>;
  /** Nonces in a row that the server refused. */
  refusedNonces: number;
  retryAt: Date | undefined;
}

/** How often the client itself signs one request again (`maxBadNonceRetries`). */
const CLIENT_RETRIES = 5;
/** How often one thing is begun again when all of these were refused. */
const NONCE_ROUNDS = 5;
/** How often a request is sent that did nothing yet. */
const MOST_SENDS = 4;
/** Milliseconds; who wants more is not waited for within one request. */
const LONGEST_RETRY = 30_000;

const conversations = new AsyncLocalStorage<Conversation>();

// One HTTP client serves all of acme-client. What is ours instead: the roots of each directory, a
// cancellation, the whole problem document, and no waiting for hours after a rate limit.
axios.defaults.adapter = async (config) => {
  const conversation = conversations.getStore();
  if (!conversation) throw new Error('An ACME request was made outside of a session.');
  const body: unknown = config.data;
  const answer = await exchange(conversation, {
    url: config.url ?? '',
    method: config.method ?? 'get',
    headers: { 'content-type': 'application/jose+json' },
    ...(typeof body === 'string' ? { body } : {}),
  });
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
  );
  return { status: answer.status, statusText: '', headers, data: answer.body, config };
};

/** A conversation with an ACME server, in the name of one account. */
export function openSession(options: SessionOptions): Session {
  const { agent, directory, accountKey, accountUrl, binding, signal } = options;
  const conversation: Conversation = {
    agent,
    signal,
    chains: new Set(),
    refusedNonces: 0,
    retryAt: undefined,
  };
  const client = new Client({
    directoryUrl: directory,
    accountKey,
    ...(accountUrl === undefined ? {} : { accountUrl }),
    ...(binding === undefined ? {} : { externalAccountBinding: binding }),
  });
  return {
    client,
    chains: conversation.chains,
    get patience() {
      return Math.max(0, (conversation.retryAt?.getTime() ?? 0) - Date.now());
    },
    ask: (work) => conversations.run(conversation, () => repeatRefused(() => work(client))),
  };
}

/** A refused nonce means that the server did nothing. */
async function repeatRefused<T>(work: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await work();
    } catch (error) {
      if (!hasCode(error, [PROBLEM_CODES.badNonce]) || round === NONCE_ROUNDS) throw error;
    }
  }
}

/** Sends a request until it was heard. */
async function exchange(conversation: Conversation, asked: HttpsRequest): Promise<HttpsAnswer> {
  const { agent, signal } = conversation;
  for (let sent = 1; ; sent += 1) {
    const isLast = sent === MOST_SENDS;
    const answer = await askOverTls(agent, asked, signal).catch((error: unknown) => {
      if (isCancellation(error)) throw error;
      if (isLast || !isHarmless(asked) || !isPassing(error)) {
        throw explainConnection(error, asked.url);
      }
      return undefined;
    });
    if (answer === undefined) {
      await sleep(1000 * sent, undefined, { signal });
      continue;
    }
    const now = new Date();
    const retryAt = readRetryAfter(answer.headers, now);
    const wait = (retryAt?.getTime() ?? Infinity) - now.getTime();
    // Turned away at the door, before anything was done.
    if ([429, 503].includes(answer.status) && wait <= LONGEST_RETRY && !isLast) {
      await sleep(Math.max(wait, 1000), undefined, { signal });
      continue;
    }
    return take(conversation, answer, retryAt);
  }
}

/** @throws ExplainedError for all but what acme-client knows what to do about */
function take(
  conversation: Conversation,
  answer: HttpsAnswer,
  retryAt: Date | undefined,
): HttpsAnswer {
  conversation.retryAt = retryAt;
  if (answer.status >= 400) {
    const problem = readAcmeProblem(answer.body) ?? { type: 'about:blank' };
    const explained = explainAcmeProblem(
      { ...problem, status: answer.status },
      { retryAfter: retryAt },
    );
    conversation.refusedNonces += 1;
    const isNonce = explained.code === PROBLEM_CODES.badNonce;
    if (isNonce && conversation.refusedNonces <= CLIENT_RETRIES) return answer;
    conversation.refusedNonces = 0;
    throw explained;
  }
  // A nonce that is fetched says nothing of the next request.
  if (answer.body !== '') conversation.refusedNonces = 0;
  if (String(answer.headers['content-type']).startsWith('application/pem-certificate-chain')) {
    conversation.chains.add(answer.body);
  }
  return answer;
}

/** Whether a request may be sent twice: it only reads (RFC 8555, section 6.3). */
function isHarmless({ body }: HttpsRequest): boolean {
  return body === undefined || body.includes('"payload":""');
}

/** Whether a connection that failed may come about a moment later. */
function isPassing(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN'].includes(systemCode(error) ?? '');
}
