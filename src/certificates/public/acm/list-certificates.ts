import {
  DescribeCertificateCommand,
  KeyAlgorithm,
  ListCertificatesCommand,
  type Filters,
} from '@aws-sdk/client-acm';
import {
  toCertificate,
  toDetails,
  type AcmCertificate,
  type AcmCertificateDetails,
} from './acm-certificate.ts';
import type { AcmConnection } from './acm-connection.ts';

/**
 * Every certificate of the region. Without naming the key types AWS leaves out all but two of them.
 *
 * @throws ExplainedError, AbortError as `AcmConnection.ask` does
 */
export async function listCertificates(acm: AcmConnection): Promise<readonly AcmCertificate[]> {
  return listBy(acm, {});
}

/**
 * Those whose key can be taken out of AWS: public ones that were ordered so, and private ones.
 *
 * @throws ExplainedError, AbortError as `AcmConnection.ask` does
 */
export async function listExportable(acm: AcmConnection): Promise<readonly AcmCertificate[]> {
  const [ordered, all] = await Promise.all([
    listBy(acm, { exportOption: 'ENABLED' }),
    listCertificates(acm),
  ]);
  const arns = new Set(ordered.map(({ arn }) => arn));
  return all
    .map((one) => (arns.has(one.arn) ? { ...one, exportable: true } : one))
    .filter(({ exportable }) => exportable);
}

async function listBy(acm: AcmConnection, filters: Filters): Promise<readonly AcmCertificate[]> {
  const found: AcmCertificate[] = [];
  let token: string | undefined;
  do {
    const page = { ...(token === undefined ? {} : { NextToken: token }) };
    const answer = await acm.ask('ListCertificates', (client, options) =>
      client.send(
        new ListCertificatesCommand({
          ...page,
          Includes: { ...filters, keyTypes: Object.values(KeyAlgorithm) },
        }),
        options,
      ),
    );
    found.push(...(answer.CertificateSummaryList ?? []).map(toCertificate));
    token = answer.NextToken;
  } while (token !== undefined);
  return found;
}

/** @throws ExplainedError `aws-certificate-not-found` and others; AbortError */
export async function describeCertificate(
  acm: AcmConnection,
  arn: string,
): Promise<AcmCertificateDetails> {
  const answer = await acm.ask('DescribeCertificate', (client, options) =>
    client.send(new DescribeCertificateCommand({ CertificateArn: arn }), options),
  );
  return toDetails(answer.Certificate ?? { CertificateArn: arn });
}
