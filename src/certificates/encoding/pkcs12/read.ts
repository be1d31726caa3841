import { X509Certificate, type KeyObject } from 'node:crypto';
import { id_data, id_encryptedData, type ContentInfo } from '@peculiar/asn1-cms';
import {
  AuthenticatedSafe,
  CertBag,
  id_certBag,
  id_keyBag,
  id_pkcs8ShroudedKeyBag,
  id_SafeContents,
  id_x509Certificate,
  PFX,
  SafeContents,
  type SafeBag,
} from '@peculiar/asn1-pfx';
import { EncryptedData as EncryptedBytes, EncryptedPrivateKeyInfo } from '@peculiar/asn1-pkcs8';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { fromBER, OctetString as Asn1OctetString } from 'asn1js';
import { decrypt, openPkcs8, parsePkcs8 } from '../encrypted-key.ts';
import { checkRoundsInAll, unsupportedEncryption, type CheckRounds } from '../encryption/limits.ts';
import { WrongPassphraseError } from '../passphrase.ts';
import { readPrivateKey } from '../private-key.ts';
import { UnreadableError } from '../unreadable.ts';
import { holdsSeal } from './mac.ts';
import { EncryptedData } from './schema.ts';

/** What a PKCS#12 file holds, in the order it stands there. */
export interface Pkcs12Content {
  readonly certificates: readonly X509Certificate[];
  readonly keys: readonly KeyObject[];
}

/** A PKCS#12 file (RFC 7292), closed; undefined for a DER text that is none. */
export function parsePkcs12(der: Uint8Array): PFX | undefined {
  try {
    return AsnConvert.parse(der, PFX);
  } catch {
    return undefined;
  }
}

/**
 * Opens a PKCS#12 file. Its seal is checked before anything in it is believed.
 *
 * @param passphrase the empty one also opens what has none at all
 * @throws WrongPassphraseError; ExplainedError `unsupported-encryption`; Error where it is damaged
 */
export async function readPkcs12(
  { authSafe, macData }: PFX,
  passphrase: string,
  check = checkRoundsInAll(),
): Promise<Pkcs12Content> {
  const content = new Uint8Array(readData(authSafe));
  // The library makes a seal out of nothing where there is none.
  const sealed = macData.mac.digest.byteLength > 0;
  if (sealed && !(await holdsSeal(macData, content, passphrase, check))) {
    if (passphrase !== '' || !(await holdsSeal(macData, content, undefined, check))) {
      throw new WrongPassphraseError();
    }
  }
  const certificates: X509Certificate[] = [];
  const keys: KeyObject[] = [];
  for (const part of AsnConvert.parse(content, AuthenticatedSafe)) {
    for (const bag of listBags(await openPart(part, passphrase, check))) {
      if (bag.bagId === id_certBag) certificates.push(...readCertificateBag(bag));
      else keys.push(...(await readKeyBag(bag, passphrase, check)));
    }
  }
  return { certificates, keys };
}

async function openPart(
  part: ContentInfo,
  passphrase: string,
  check: CheckRounds,
): Promise<ArrayBuffer | Uint8Array> {
  if (part.contentType === id_data) return readData(part);
  if (part.contentType !== id_encryptedData) throw unsupportedEncryption(part.contentType);
  const { contentEncryptionAlgorithm, encryptedContent } = AsnConvert.parse(
    part.content,
    EncryptedData,
  ).encryptedContentInfo;
  const pieces = encryptedContent?.value
    ? [encryptedContent.value]
    : (encryptedContent?.constructedValue ?? []);
  return decrypt(
    new EncryptedPrivateKeyInfo({
      encryptionAlgorithm: contentEncryptionAlgorithm,
      // BER may cut an octet string into pieces.
      encryptedData: new EncryptedBytes(
        Buffer.concat(pieces.map(({ buffer }) => Buffer.from(buffer))),
      ),
    }),
    passphrase,
    check,
  );
}

function* listBags(contents: ArrayBuffer | Uint8Array): Generator<SafeBag> {
  for (const bag of AsnConvert.parse(contents, SafeContents)) {
    if (bag.bagId === id_SafeContents) yield* listBags(bag.bagValue);
    else yield bag;
  }
}

function readCertificateBag({ bagValue }: SafeBag): readonly X509Certificate[] {
  const { certId, certValue } = AsnConvert.parse(bagValue, CertBag);
  if (certId !== id_x509Certificate) return [];
  return [new X509Certificate(Buffer.from(AsnConvert.parse(certValue, OctetString).buffer))];
}

async function readKeyBag(
  { bagId, bagValue }: SafeBag,
  passphrase: string,
  check: CheckRounds,
): Promise<readonly KeyObject[]> {
  if (bagId === id_pkcs8ShroudedKeyBag) {
    return [await openPkcs8(parsePkcs8(bagValue), passphrase, check)];
  }
  if (bagId !== id_keyBag) return [];
  const key = readPrivateKey(Buffer.from(bagValue));
  return key ? [key] : [];
}

/** Firefox's library writes BER, where octets come in pieces; the schemas know of one piece only. */
function readData({ content }: ContentInfo): ArrayBuffer {
  const { result } = fromBER(content);
  if (!(result instanceof Asn1OctetString))
    throw new UnreadableError('It is a PKCS#12 file that is damaged.');
  return result.getValue();
}
