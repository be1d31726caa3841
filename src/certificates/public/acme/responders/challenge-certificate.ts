import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { OctetString } from '@peculiar/asn1-schema';
import { parseServerName } from '../../../../project/domain.ts';
import { reverseName } from '../../../../system/network/reverse-name.ts';
import { makeExtension, signCertificate } from '../../../issue/certificate.ts';
import { exportKey, generateKeys } from '../../../issue/keys.ts';
import { alternativeNames, randomSerial, toName, toPem } from '../../../issue/profile.ts';
import { leafValidity } from '../../../issue/validity.ts';
import type { Proof } from '../responder.ts';

/** What answers a tls-alpn-01 challenge. */
export interface ChallengeCertificate {
  /** The name that the ACME server asks for (SNI). */
  readonly serverName: string;
  /** PEM. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
}

/** `id-pe-acmeIdentifier` of RFC 8737. */
const ACME_IDENTIFIER = '1.3.6.1.5.5.7.1.31';
/** An order lives no longer than that. */
const DAYS = 7;

/**
 * A certificate that proves one name to an ACME server and is of no other use: self-signed, for that
 * name alone, with the digest of the key authorization in a critical extension (RFC 8737 section 3,
 * and RFC 8738 section 6 for addresses).
 */
export async function makeChallengeCertificate({
  name,
  keyAuthorization,
}: Proof): Promise<ChallengeCertificate> {
  const { publicKey, privateKey } = await generateKeys('ecdsa-p256');
  const digest = createHash('sha256').update(keyAuthorization).digest();
  const own = toName([{ type: 'CN', value: 'ACME challenge' }]);
  const certificate = signCertificate(
    {
      serial: randomSerial(),
      subject: own,
      issuer: own,
      validity: leafValidity({ days: DAYS, now: new Date() }),
      publicKey,
      extensions: [
        alternativeNames([parseServerName(name)]),
        makeExtension(ACME_IDENTIFIER, new OctetString(digest), true),
      ],
    },
    privateKey,
  );
  return {
    serverName: isIP(name) === 0 ? name.toLowerCase() : reverseName(name),
    certificate: toPem(certificate),
    key: exportKey(privateKey),
  };
}
