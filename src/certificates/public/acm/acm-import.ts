import type { KeyObject, X509Certificate } from 'node:crypto';
import { ImportCertificateCommand } from '@aws-sdk/client-acm';
import { isSelfSigned } from '../../inspect/signatures.ts';
import type { AcmConnection } from './acm-connection.ts';

/** What is imported. */
export interface ImportMaterial {
  readonly leaf: X509Certificate;
  /** The leaf first, then what signed it, in order. */
  readonly chain: readonly X509Certificate[];
  readonly key: KeyObject;
}

/**
 * Puts a certificate and its key into AWS Certificate Manager.
 *
 * @param arn the certificate that it takes the place of; a new one without
 * @returns the ARN it lies under
 * @throws ExplainedError as `AcmConnection.ask` does, `aws-refused` for what AWS does not take
 */
export async function importCertificate(
  acm: AcmConnection,
  { leaf, chain, key }: ImportMaterial,
  arn: string | undefined,
): Promise<string> {
  const issuers = listIssuers(chain);
  const answer = await acm.ask('ImportCertificate', (client, options) =>
    client.send(
      new ImportCertificateCommand({
        Certificate: Buffer.from(leaf.toString()),
        PrivateKey: Buffer.from(key.export({ type: 'pkcs8', format: 'pem' })),
        ...(issuers.length === 0
          ? {}
          : { CertificateChain: Buffer.from(issuers.map(String).join('')) }),
        ...(arn === undefined ? {} : { CertificateArn: arn }),
      }),
      options,
    ),
  );
  return answer.CertificateArn ?? arn ?? '';
}

/**
 * What signed the leaf, without the root. Where the root itself did, it is the chain: AWS wants the
 * issuer of whatever is not self-signed. Pure.
 *
 * @param chain the leaf first
 */
function listIssuers([leaf, ...issuers]: readonly X509Certificate[]): readonly X509Certificate[] {
  if (leaf === undefined || isSelfSigned(leaf)) return [];
  const between = issuers.filter((issuer) => !isSelfSigned(issuer));
  return between.length > 0 ? between : issuers;
}
