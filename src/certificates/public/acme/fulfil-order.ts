import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Order } from 'acme-client';
import * as v from 'valibot';
import type { ServerName } from '../../../project/domain.ts';
import { ExplainedError } from '../../../system/errors.ts';
import { quietly } from '../../../system/quietly.ts';
import { createRequest } from '../../issue/certificate-request.ts';
import { ACME_PROBLEM, explainAcmeProblem, hasCode, PROBLEM_CODES } from './acme-problems.ts';
import { proveNames } from './authorizations.ts';
import { forgetOrder, writeOrder, type OrderRecord } from './order-record.ts';
import { poll } from './poll.ts';
import type { Responder } from './responder.ts';
import type { Session } from './connection/acme-session.ts';

/** Milliseconds; an authority may take minutes to sign, such as that of AWS. */
const SIGNING_LIMIT = 30 * 60_000;

/** What the certificate of an order came as. */
export type Fulfilled = OrderRecord & { readonly chains: readonly string[] };

export interface Fulfilment {
  readonly workspace: string;
  readonly names: readonly ServerName[];
  readonly session: Session;
  readonly responder: Responder;
  readonly report: (step: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Takes an order from the state it is in to the certificate (RFC 8555, section 7.1.6), each step noted
 * before it is taken.
 *
 * @throws ExplainedError `acme-certificate-unfit`, and what the responder or the authority says;
 *   AbortError
 */
export async function fulfilOrder(
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

async function download(
  { workspace, session, report }: Fulfilment,
  order: Order,
  record: OrderRecord,
): Promise<Fulfilled> {
  report('fetching the certificate');
  await session
    .ask((client) => client.getCertificate(order, NO_ISSUER))
    .catch(async (error: unknown) => {
      // Otherwise every later attempt would go on with an order that nothing comes of any more.
      if (hasCode(error, [PROBLEM_CODES.notFound])) await forgetOrder(workspace);
      throw error;
    });
  const fulfilled = { ...record, chains: [...session.chains] };
  const leaf = quietly(() => new X509Certificate(fulfilled.chains[0] ?? ''));
  if (leaf?.checkPrivateKey(createPrivateKey(record.key)) !== true) {
    await forgetOrder(workspace);
    throw new ExplainedError({
      code: 'acme-certificate-unfit',
      what: 'The authority issued a certificate for another key.',
      next: 'Try again, to order another one.',
    });
  }
  await writeOrder(workspace, fulfilled);
  return fulfilled;
}

/** Whether the certificate of an order was fetched. */
export function isFulfilled(record: OrderRecord): record is OrderRecord & { chains: string[] } {
  return record.chains !== undefined && record.chains.length > 0;
}

/** Why nothing can come of an order any more. */
export function explainInvalid(order: Order): ExplainedError {
  const problem = v.safeParse(ACME_PROBLEM, order.error);
  if (problem.success) {
    const { status: _, ...rest } = problem.output;
    return explainAcmeProblem(rest, { name: order.identifiers[0]?.value ?? 'a name' });
  }
  return new ExplainedError({
    code: 'acme-order-invalid',
    what: 'The authority has dropped the order.',
    why: 'A name was not proved, or the order has expired.',
    next: 'Try again, to order another one.',
  });
}
