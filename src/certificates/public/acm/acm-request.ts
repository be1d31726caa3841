import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { RequestCertificateCommand, type KeyAlgorithm } from '@aws-sdk/client-acm';
import type { AcmCertificateDetails } from './acm-certificate.ts';
import type { AcmConnection } from './acm-connection.ts';
import { describeCertificate } from './list-certificates.ts';

/** Milliseconds between two looks at what AWS does by itself. */
const PAUSE = 3000;
/** How often to look for the DNS records, which AWS has seconds after a request. */
const LOOKS = 20;

/**
 * Orders a public certificate whose key can be taken out of AWS. AWS charges for it once it issues it.
 * The same names ordered again within an hour are the same order.
 *
 * @param names DNS names; the first is the certificate's own
 * @returns the order, with the DNS records that prove the names
 * @throws ExplainedError, AbortError as `AcmConnection.ask` does
 */
export async function requestCertificate(
  acm: AcmConnection,
  names: readonly string[],
  algorithm: KeyAlgorithm,
): Promise<AcmCertificateDetails> {
  const [first = '', ...more] = names;
  const { CertificateArn: arn = '' } = await acm.ask('RequestCertificate', (client, options) =>
    client.send(
      new RequestCertificateCommand({
        DomainName: first,
        ...(more.length === 0 ? {} : { SubjectAlternativeNames: more }),
        ValidationMethod: 'DNS',
        KeyAlgorithm: algorithm,
        Options: { Export: 'ENABLED' },
        IdempotencyToken: tokenOf([...names, algorithm]),
      }),
      options,
    ),
  );
  for (let looks = LOOKS; ; looks -= 1) {
    const order = await describeCertificate(acm, arn);
    if (order.records.length > 0 || looks === 0) return order;
    await setTimeout(PAUSE, undefined, { signal: acm.signal });
  }
}

/**
 * Waits until AWS has issued an order, or has given it up.
 *
 * @throws AbortError; ExplainedError as `AcmConnection.ask` does
 */
export async function waitForIssue(
  acm: AcmConnection,
  arn: string,
): Promise<AcmCertificateDetails> {
  for (;;) {
    const order = await describeCertificate(acm, arn);
    if (order.status !== 'PENDING_VALIDATION') return order;
    await setTimeout(PAUSE, undefined, { signal: acm.signal });
  }
}

/** Letters and digits, 32 at most. */
function tokenOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
