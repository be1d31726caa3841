import { Agent } from 'node:https';
import { isIP } from 'node:net';
import * as acme from 'acme-client';
import type { Proof, Responder } from '../../../../../src/certificates/public/acme/responder.ts';
import type { Pebble } from '../../../fixtures/acme/pebble.ts';

/**
 * Has all names of a new order proved by a responder, as an ACME client does, and cleans up.
 *
 * @param meanwhile done while the responder answers, before the server is told to ask
 * @returns what became of each name's authorization, the first problem in its place
 */
export async function proveAll(
  pebble: Pebble,
  names: readonly string[],
  responder: Responder,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<readonly string[]> {
  acme.axios.defaults.httpsAgent = new Agent({ ca: pebble.ownRoot });
  const client = new acme.Client({
    directoryUrl: pebble.directory,
    accountKey: await acme.crypto.createPrivateEcdsaKey(),
    backoffMin: 100,
    backoffMax: 500,
  });
  await client.createAccount({ termsOfServiceAgreed: true });
  const order = await client.createOrder({
    identifiers: names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
  });
  const authorizations = await client.getAuthorizations(order);
  const asked = authorizations.map(({ challenges }) => {
    const challenge = challenges.find(({ type }) => type === responder.type);
    if (!challenge) throw new Error(`Pebble offers no ${responder.type} here.`);
    return challenge;
  });
  try {
    const proofs = authorizations.map(async ({ identifier }, index): Promise<Proof> => {
      const token = asked[index]?.token ?? '';
      const keyAuthorization = await client.getChallengeKeyAuthorization({
        ...{ type: 'http-01', url: '', status: 'pending', token },
      });
      return { name: identifier.value, token, keyAuthorization };
    });
    await responder.present(await Promise.all(proofs), AbortSignal.timeout(300_000));
    await meanwhile();
    for (const challenge of asked) await client.completeChallenge(challenge);
    return await Promise.all(
      authorizations.map((authorization) =>
        client.waitForValidStatus(authorization).then(({ status }) => status, String),
      ),
    );
  } finally {
    await responder.cleanUp();
  }
}
