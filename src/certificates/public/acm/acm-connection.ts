import { Agent } from 'node:https';
import { ACMClient, type ACMClientConfig } from '@aws-sdk/client-acm';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { chooseRegion, type AcmLocation } from './acm-location.ts';
import { explainAcmFailure, explainNoRegion } from './acm-problems.ts';
import { checkEndpoint, readAcmRoots, refuseClearText } from './acm-transport.ts';
import { readProfile } from './aws-profiles.ts';
import { explainNoProfile } from './sign-in-rules.ts';

/** Milliseconds. */
const CONNECTION_TIMEOUT = 10_000;
const SOCKET_TIMEOUT = 60_000;

/** AWS Certificate Manager in one region, as the user's credentials reach it. */
export interface AcmConnection {
  readonly region: string;
  readonly location: AcmLocation;
  readonly signal: AbortSignal;
  /**
   * Asks AWS one question.
   *
   * @param action as IAM calls it, without `acm:`; a refusal names it
   * @throws ExplainedError as `explainAcmFailure` says; AbortError
   */
  ask<Answer>(
    action: string,
    question: (
      client: ACMClient,
      options: { readonly abortSignal: AbortSignal },
    ) => Promise<Answer>,
  ): Promise<Answer>;
}

/**
 * Does work in AWS with the user's own credentials, wherever AWS's tools find them: the environment,
 * a profile, SSO, a container's or an instance's role.
 *
 * @param arn the certificate that the work is about; it says the region where nothing else does
 * @throws ExplainedError as `explainAcmFailure` says, `aws-endpoint-not-usable`,
 *   `aws-ca-bundle-not-readable`; what the work throws
 */
export async function withAcm<Result>(
  location: AcmLocation,
  { signal, arn }: { readonly signal: AbortSignal; readonly arn?: string | undefined },
  work: (acm: AcmConnection) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const { profile, endpoint } = location;
  if (endpoint !== undefined) checkEndpoint(endpoint);
  const agent = new Agent({
    ca: [...(await readAcmRoots(profile))],
    keepAlive: true,
    // Said outright: NODE_TLS_REJECT_UNAUTHORIZED=0 in a user's shell would undo it, and a key goes here.
    rejectUnauthorized: true,
  });
  const requestHandler = {
    httpsAgent: agent,
    connectionTimeout: CONNECTION_TIMEOUT,
    socketTimeout: SOCKET_TIMEOUT,
  } satisfies ACMClientConfig['requestHandler'];
  const asked = profile === undefined ? {} : { profile };
  const region = await settleRegion(location, arn);
  const client = withoutAdvice(
    () =>
      new ACMClient({
        ...asked,
        region,
        ...(endpoint === undefined ? {} : { endpoint }),
        requestHandler,
        // Signing in asks other servers of AWS; they are verified with the same authorities.
        credentials: defaultProvider({ ...asked, clientConfig: { requestHandler } }),
      }),
  );
  refuseClearText(client);
  try {
    return await work({
      region,
      location,
      signal,
      ask: async (action, question) => {
        try {
          return await question(client, { abortSignal: signal });
        } catch (error) {
          throw explainAcmFailure(error, { action, region, profile });
        }
      },
    });
  } finally {
    client.destroy();
    agent.destroy();
  }
}

const ADVICE = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/** The SDK says once, with its first client, which Node.js its next version wants: ours is bundled. */
function withoutAdvice(connect: () => ACMClient): ACMClient {
  const before = process.env[ADVICE];
  process.env[ADVICE] = 'true';
  try {
    return connect();
  } finally {
    if (before === undefined) Reflect.deleteProperty(process.env, ADVICE);
    else process.env[ADVICE] = before;
  }
}

/** @throws ExplainedError `aws-no-region`, `aws-no-credentials` for a profile that is not there */
async function settleRegion(location: AcmLocation, arn: string | undefined): Promise<string> {
  const { profile } = location;
  const settings = await readProfile(profile);
  if (profile !== undefined && !settings) throw explainNoProfile(profile);
  const region = chooseRegion(location, arn) ?? settings?.region;
  if (region === undefined) throw explainNoRegion();
  return region;
}
