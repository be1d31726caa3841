import type { Authorization, Order } from 'acme-client';
import * as v from 'valibot';
import { ExplainedError } from '../../../system/errors.ts';
import { ACME_PROBLEM, explainAcmeProblem } from './acme-problems.ts';
import { poll } from './poll.ts';
import type { Proof, Responder } from './responder.ts';
import type { Session } from './connection/acme-session.ts';

interface ProvingOptions {
  readonly session: Session;
  readonly responder: Responder;
  readonly report: (step: string) => void;
  readonly signal: AbortSignal;
}

type Challenge = Authorization['challenges'][number];
interface Pending {
  readonly name: string;
  readonly authorization: Authorization;
  readonly challenge: Challenge;
  readonly proof: Proof;
}

/** Milliseconds for the authority to check one name; it asks from several places, several times. */
const CHECK_LIMIT = 10 * 60_000;

/**
 * Proves all names of an order that are not proved yet. Where none is left, nobody is asked anything.
 *
 * @throws ExplainedError what the responder or the authority says; AbortError
 */
export async function proveNames(order: Order, options: ProvingOptions): Promise<void> {
  const { session, responder, report, signal } = options;
  const pending: Pending[] = [];
  for (const url of order.authorizations) {
    const authorization = await readAuthorization(session, order, url);
    if (authorization.status === 'valid') continue;
    if (authorization.status !== 'pending') throw explainRefusal(authorization);
    pending.push(await prepare(authorization, options));
  }
  if (pending.length === 0) return;
  try {
    await responder.present(
      pending.map(({ proof }) => proof),
      signal,
    );
    for (const { challenge } of pending) {
      // One that was sent before a crash is being checked already.
      if (challenge.status !== 'pending') continue;
      await session.ask((client) => client.completeChallenge(challenge));
    }
    for (const { name, authorization } of pending) {
      report(`waiting until the authority has checked ${name}`);
      await waitForCheck(order, authorization, options);
    }
  } finally {
    await responder.cleanUp();
  }
}

async function prepare(
  authorization: Authorization,
  { session, responder }: ProvingOptions,
): Promise<Pending> {
  const name = authorization.identifier.value;
  const challenge = authorization.challenges.find(({ type }) => type === responder.type);
  if (challenge === undefined) throw explainNotOffered(authorization, responder.type);
  // The digest that the library would make of it for dns-01 is the responder's to make.
  const keyAuthorization = await session.client.getChallengeKeyAuthorization({
    ...challenge,
    type: 'http-01',
  });
  return {
    name,
    authorization,
    challenge,
    proof: { name, token: challenge.token, keyAuthorization },
  };
}

async function waitForCheck(
  order: Order,
  { url }: Authorization,
  { session, signal }: ProvingOptions,
): Promise<void> {
  await poll({ session, signal, limit: CHECK_LIMIT, what: 'checked the name' }, async () => {
    const authorization = await readAuthorization(session, order, url);
    if (authorization.status === 'valid') return true;
    if (authorization.status === 'pending') return undefined;
    throw explainRefusal(authorization);
  });
}

/** One by one: in parallel, refused nonces could not be told apart. */
async function readAuthorization(
  session: Session,
  order: Order,
  url: string,
): Promise<Authorization> {
  const [authorization] = await session.ask((client) =>
    client.getAuthorizations({ ...order, authorizations: [url] }),
  );
  if (authorization === undefined) throw new Error(`There is no authorization at ${url}.`);
  return authorization;
}

/** Why an authorization is not valid and will not be. */
function explainRefusal({ identifier, status, challenges }: Authorization): ExplainedError {
  const error = challenges.find((challenge) => challenge.error !== undefined)?.error;
  const problem = v.safeParse(ACME_PROBLEM, error);
  if (problem.success) {
    // The status is the one of the authority's own question to us.
    const { status: _, ...rest } = problem.output;
    return explainAcmeProblem(rest, { name: identifier.value });
  }
  return new ExplainedError({
    code: 'acme-authorization-refused',
    what: `The authority is not convinced that ${identifier.value} is yours.`,
    why: `Its authorization is ${status}.`,
    next: 'Try again: another one is asked for.',
  });
}

function explainNotOffered(
  { identifier, challenges }: Authorization,
  wanted: string,
): ExplainedError {
  const offered = challenges.map(({ type }) => type).join(', ');
  return new ExplainedError({
    code: 'acme-challenge-not-offered',
    what: `The authority does not let ${identifier.value} be proved by ${wanted}.`,
    why: `It offers ${offered || 'nothing'}.`,
    next: 'Choose one that it offers.',
  });
}
