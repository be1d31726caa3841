import { randomBytes } from 'node:crypto';
import { ExportCertificateCommand } from '@aws-sdk/client-acm';
import { ExplainedError, type Problem } from '../../../system/errors.ts';
import { openEncryptedKey } from '../../encoding/encrypted-key.ts';
import type { IssuedCertificate } from '../issued-certificate.ts';
import type { AcmCertificateDetails } from './acm-certificate.ts';
import type { AcmConnection } from './acm-connection.ts';
import { describeRecords } from './describe-certificate.ts';

/**
 * Takes a certificate and its key out of AWS. The key comes encrypted, with a passphrase that is made
 * for this one time, and is opened here.
 *
 * @param certificate as it was described; `refuseExport` has let it pass
 * @throws ExplainedError as `refuseExport` and `AcmConnection.ask` do, `aws-failed`
 */
export async function exportCertificate(
  acm: AcmConnection,
  certificate: AcmCertificateDetails,
): Promise<IssuedCertificate> {
  refuseExport(certificate);
  // AWS takes any bytes but #, $ and %, of four at least.
  const passphrase = randomBytes(32).toString('base64url');
  const answer = await acm.ask('ExportCertificate', (client, options) =>
    client.send(
      new ExportCertificateCommand({
        CertificateArn: certificate.arn,
        Passphrase: Buffer.from(passphrase),
      }),
      options,
    ),
  );
  const { Certificate: leaf, CertificateChain: chain, PrivateKey: encrypted } = answer;
  if (leaf === undefined || encrypted === undefined) {
    throw new ExplainedError({
      code: 'aws-failed',
      what: 'AWS has not handed the certificate out.',
      why: 'Its answer has no certificate or no key in it.',
      next: 'Try again.',
    });
  }
  const key = await openEncryptedKey(encrypted, passphrase);
  return {
    chain: [leaf, chain ?? ''].join('\n'),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/**
 * Refuses to ask for what AWS does not hand out, and says why.
 *
 * @throws ExplainedError `aws-not-exportable`, `aws-certificate-pending`, `aws-certificate-not-issued`
 */
export function refuseExport(certificate: AcmCertificateDetails): void {
  const problem = explainNoExport(certificate);
  if (problem) throw new ExplainedError(problem);
}

function explainNoExport(certificate: AcmCertificateDetails): Problem | undefined {
  const { arn, type, status, exportable, names, failure } = certificate;
  const what = `The certificate for ${names.join(', ')} cannot be exported from AWS.`;
  if (type === 'IMPORTED') {
    return {
      code: 'aws-not-exportable',
      what,
      why: 'It was imported there, and AWS never hands out an imported key.',
      next: 'Import it here from where it was made.',
    };
  }
  if (!exportable) {
    return {
      code: 'aws-not-exportable',
      what,
      why: 'It was not ordered as exportable, and that cannot be changed later.',
      next: 'Order an exportable one.',
      inTerminal: 'Order an exportable one: chroma-tls aws request.',
    };
  }
  if (status === 'PENDING_VALIDATION') {
    return {
      code: 'aws-certificate-pending',
      what: `AWS has not issued the certificate for ${names.join(', ')} yet.`,
      why: 'It waits until the names are proved in the DNS.',
      next: `Set ${describeRecords(certificate)}, then wait.`,
      inTerminal: `Set ${describeRecords(certificate)}, then look with chroma-tls aws list --arn ${arn}.`,
    };
  }
  if (status === 'ISSUED') return undefined;
  return {
    code: 'aws-certificate-not-issued',
    what,
    why: `AWS calls it ${[status, failure].filter(Boolean).join(', ')}.`,
    next: 'Order another one.',
    inTerminal: 'Order another one: chroma-tls aws request.',
  };
}
