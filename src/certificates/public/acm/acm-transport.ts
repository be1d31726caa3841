import type { ACMClient } from '@aws-sdk/client-acm';
import { HttpRequest } from '@smithy/core/protocols';
import { ExplainedError, sayWhy } from '../../../system/errors.ts';
import { readSmallFile } from '../../../system/files/replace-file.ts';
import { parseCertificates } from '../../encoding/pem-certificates.ts';
import { readSystemRoots } from '../../inspect/system-roots.ts';
import { firstFilled } from './acm-location.ts';
import { readProfile } from './aws-profiles.ts';

/**
 * The authorities that AWS is verified with, in PEM: those that programs on this machine trust, and
 * those of `AWS_CA_BUNDLE` or a profile's `ca_bundle`, which AWS's SDK for JavaScript does not read.
 * A company's TLS proxy is named there.
 *
 * @throws ExplainedError `aws-ca-bundle-not-readable`
 */
export async function readAcmRoots(
  profile: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<readonly string[]> {
  const file = firstFilled(environment['AWS_CA_BUNDLE'], (await readProfile(profile))?.caBundle);
  const roots = await readSystemRoots(environment);
  return file !== undefined ? [...roots, ...(await readCaBundle(file))] : roots;
}

async function readCaBundle(file: string): Promise<readonly string[]> {
  const refused = (why: string): ExplainedError =>
    new ExplainedError({
      code: 'aws-ca-bundle-not-readable',
      what: `The authorities for AWS cannot be read from ${file}.`,
      why,
      next: 'Correct AWS_CA_BUNDLE, or ca_bundle in ~/.aws/config, or remove it.',
    });
  const text = await readSmallFile(file).catch((error: unknown) => {
    throw error instanceof ExplainedError ? error : refused(sayWhy(error));
  });
  const certificates = parseCertificates(text.toString());
  if (certificates.length === 0) throw refused('It holds no certificate in PEM.');
  return certificates.map(String);
}

/** @throws ExplainedError `aws-endpoint-not-usable` for what is not a URL */
export function checkEndpoint(endpoint: string): void {
  let protocol = '';
  try {
    ({ protocol } = new URL(endpoint));
  } catch {
    // Said below.
  }
  if (['http:', 'https:'].includes(protocol)) return;
  throw explainEndpoint(endpoint, 'It is not a URL that begins with https://.');
}

/**
 * Refuses to ask over plain HTTP, wherever the endpoint was named: a private key goes this way. Only
 * this machine itself may be asked so.
 */
export function refuseClearText({ middlewareStack }: ACMClient): void {
  middlewareStack.add(
    (next) => (call) => {
      const { request } = call as { request?: unknown };
      if (HttpRequest.isInstance(request) && request.protocol === 'http:') {
        const isHere = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(request.hostname);
        if (!isHere) {
          const why = 'A private key would go there in clear, for everyone on the way to read.';
          throw explainEndpoint(`http://${request.hostname}`, why);
        }
      }
      return next(call);
    },
    { step: 'build', name: 'refuseClearText' },
  );
}

function explainEndpoint(endpoint: string, why: string): ExplainedError {
  return new ExplainedError({
    code: 'aws-endpoint-not-usable',
    what: `AWS cannot be asked at ${endpoint}.`,
    why,
    next: 'Remove AWS_ENDPOINT_URL for AWS itself, or name one with https://.',
    inTerminal:
      'Leave out --endpoint-url and AWS_ENDPOINT_URL for AWS itself, or name one with https://.',
  });
}
