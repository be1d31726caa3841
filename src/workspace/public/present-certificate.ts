import type { X509Certificate } from 'node:crypto';
import { parseCertificates } from '../../certificates/encoding/pem-certificates.ts';
import type { CertificateFacts } from '../../certificates/inspect/certificate-state.ts';
import { certificateFiles } from '../../project/certificate-files.ts';
import { KEY_TYPES, type Settings } from '../../project/settings.ts';
import { readIfThere } from '../../system/files/replace-file.ts';
import type { WorkspaceContext } from '../context.ts';

const DAY = 86_400_000;

/** The certificate in the folder, with all that it says. @throws the system's errors */
export async function readServed({
  certificatesFolder,
}: Pick<WorkspaceContext, 'certificatesFolder'>): Promise<X509Certificate | undefined> {
  const pem = await readIfThere(certificateFiles(certificatesFolder).certificate);
  return parseCertificates(pem ?? '')[0];
}

/** What a certificate was made with, as far as it tells. Pure. */
export function settingsOf(facts: CertificateFacts): Partial<Settings> {
  const { names, keyType, selfSigned, issuer, notBefore, notAfter } = facts;
  const type = KEY_TYPES.find((one) => describeKey(one) === keyType);
  // Only the cookbook's form names a country.
  const isSeed = selfSigned && /(^|, )C=US(,|$)/.test(issuer);
  return {
    additionalNames: names,
    validityDays: Math.max(1, Math.round((notAfter.getTime() - notBefore.getTime()) / DAY)),
    certificateKind: isSeed ? 'seed' : selfSigned ? 'self-signed' : 'local-ca',
    ...(type === undefined ? {} : { keyType: type }),
  };
}

/** A setting's kind of key as `describeKeyType` words it. */
function describeKey(type: (typeof KEY_TYPES)[number]): string {
  return type === 'ecdsa-p256' ? 'ECDSA P-256' : type.replace('rsa-', 'RSA ');
}
