import {
  AsnConvert,
  AsnProp,
  AsnPropTypes,
  AsnType,
  AsnTypeTypes,
  OctetString,
} from '@peculiar/asn1-schema';
import {
  id_pbeWithSHAAnd3_KeyTripleDES_CBC,
  id_pbewithSHAAnd40BitRC2_CBC,
} from '@peculiar/asn1-pfx';
import type { EncryptedPrivateKeyInfo } from '@peculiar/asn1-pkcs8';
import { WrongPassPhraseError } from '../pass-phrase.ts';
import { checkIterations, unsupportedEncryption } from './limits.ts';

/** What OpenSSL 1.1, Java 8 and Windows encrypt PKCS#12 with (RFC 7292 appendix C). */
const KNOWN = new Set([id_pbeWithSHAAnd3_KeyTripleDES_CBC, id_pbewithSHAAnd40BitRC2_CBC]);

@AsnType({ type: AsnTypeTypes.Sequence })
class Pkcs12PbeParams {
  @AsnProp({ type: OctetString })
  salt = new OctetString();
  @AsnProp({ type: AsnPropTypes.Integer })
  iterations = 1;
}

/**
 * Opens what an old program encrypted, a key or the certificates of a PKCS#12 file. Node.js has no
 * RC2 any more, so a library does it.
 *
 * @param encrypted its content must be DER, whatever it is of
 * @throws WrongPassPhraseError; ExplainedError `unsupported-encryption`
 */
export async function decryptLegacy(
  encrypted: EncryptedPrivateKeyInfo,
  passPhrase: string,
): Promise<Buffer> {
  const { algorithm, parameters } = encrypted.encryptionAlgorithm;
  if (!KNOWN.has(algorithm) || !parameters) throw unsupportedEncryption(algorithm);
  checkIterations(AsnConvert.parse(parameters, Pkcs12PbeParams).iterations);
  const { default: forge } = await import('node-forge');
  const der = Buffer.from(AsnConvert.serialize(encrypted)).toString('binary');
  try {
    const opened = forge.pki.decryptPrivateKeyInfo(forge.asn1.fromDer(der), passPhrase);
    return Buffer.from(forge.asn1.toDer(opened).getBytes(), 'binary');
  } catch {
    throw new WrongPassPhraseError();
  }
}
