import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import {
  ContentEncryptionAlgorithmIdentifier,
  ContentInfo,
  EncryptedContent,
  EncryptedContentInfo,
  id_data,
  id_encryptedData,
} from '@peculiar/asn1-cms';
import {
  AuthenticatedSafe,
  CertBag,
  id_certBag,
  id_pkcs8ShroudedKeyBag,
  id_x509Certificate,
  PFX,
  PKCS12Attribute,
  PKCS8ShroudedKeyBag,
  SafeBag,
  SafeContents,
} from '@peculiar/asn1-pfx';
import { EncryptedData as EncryptedBytes } from '@peculiar/asn1-pkcs8';
import {
  AsnBmpStringConverter,
  AsnConvert,
  AsnObjectIdentifierConverter,
  OctetString,
} from '@peculiar/asn1-schema';
import { encryptPbes2 } from '../encryption/pbes2.ts';
import { sealContent } from './mac.ts';
import { EncryptedData } from './schema.ts';

/** RFC 2985 section 5.5. */
const FRIENDLY_NAME = '1.2.840.113549.1.9.20';
const LOCAL_KEY_ID = '1.2.840.113549.1.9.21';
/** Without it Java sees a certificate in a file, but none that it trusts (JDK-8058544). */
const TRUSTED_KEY_USAGE = '2.16.840.1.113894.746875.1.1';
/** Any purpose (RFC 5280 section 4.2.1.12). */
const ANY_KEY_USAGE = '2.5.29.37.0';
/** Ten times keytool's, fifty times OpenSSL's; the seal's own derivation takes no more gladly. */
const KEY_STORE_ITERATIONS = 100_000;
/** Nothing in a trust store is secret: the passphrase only seals it, so keytool's count will do. */
const TRUST_STORE_ITERATIONS = 10_000;

/** A key and its certificates, as a server or a client takes them. */
export interface KeyStore {
  /** What the entry is called in a list; Java wants lower case. */
  readonly alias: string;
  readonly key: KeyObject;
  /** The leaf first. */
  readonly chain: readonly X509Certificate[];
}

/** Certificates to trust, each with the name it has in a list. */
export interface TrustStoreContent {
  readonly trusted: readonly { readonly alias: string; readonly certificate: X509Certificate }[];
}

/**
 * A key store in PKCS#12, with the strongest that Java 17 and OpenSSL 3 both read: PBES2 with
 * AES-256 for all that is in it, sealed by HMAC-SHA-256.
 *
 * @param rounds of each of its three derivations
 */
export async function writeKeyStore(
  { alias, key, chain }: KeyStore,
  passphrase: string,
  rounds = KEY_STORE_ITERATIONS,
): Promise<Buffer> {
  const [leaf] = chain;
  // What ties a key to its certificate; any bytes do, and this is what others take.
  const localKeyId = createHash('sha1')
    .update(leaf?.raw ?? '')
    .digest();
  const ofPair = [nameEntry(alias), markAsPair(localKeyId)];
  const { algorithm, data } = await encryptPbes2(
    key.export({ type: 'pkcs8', format: 'der' }),
    passphrase,
    rounds,
  );
  const keyBag = new SafeBag({
    bagId: id_pkcs8ShroudedKeyBag,
    bagValue: AsnConvert.serialize(
      new PKCS8ShroudedKeyBag({
        encryptionAlgorithm: algorithm,
        encryptedData: new EncryptedBytes(data),
      }),
    ),
    bagAttributes: ofPair,
  });
  const certificateBags = chain.map((certificate) =>
    bagCertificate(certificate, certificate === leaf ? ofPair : []),
  );
  return writeFile(
    [await wrapEncrypted(certificateBags, passphrase, rounds), wrapPlain([keyBag])],
    passphrase,
    rounds,
  );
}

/**
 * A trust store in PKCS#12, as keytool itself writes one.
 */
export async function writeTrustStore(
  { trusted }: TrustStoreContent,
  passphrase: string,
): Promise<Buffer> {
  const bags = trusted.map(({ alias, certificate }) =>
    bagCertificate(certificate, [nameEntry(alias), markAsTrusted()]),
  );
  return writeFile(
    [await wrapEncrypted(bags, passphrase, TRUST_STORE_ITERATIONS)],
    passphrase,
    TRUST_STORE_ITERATIONS,
  );
}

async function writeFile(
  parts: ContentInfo[],
  passphrase: string,
  iterations: number,
): Promise<Buffer> {
  const content = new Uint8Array(AsnConvert.serialize(new AuthenticatedSafe(parts)));
  const file = new PFX({
    version: 3,
    authSafe: wrapData(content),
    macData: await sealContent(content, passphrase, iterations),
  });
  return Buffer.from(AsnConvert.serialize(file));
}

async function wrapEncrypted(
  bags: SafeBag[],
  passphrase: string,
  iterations: number,
): Promise<ContentInfo> {
  const plain = new Uint8Array(AsnConvert.serialize(new SafeContents(bags)));
  const { algorithm, data } = await encryptPbes2(plain, passphrase, iterations);
  const encrypted = Object.assign(new EncryptedData(), {
    encryptedContentInfo: new EncryptedContentInfo({
      contentType: id_data,
      contentEncryptionAlgorithm: new ContentEncryptionAlgorithmIdentifier(algorithm),
      encryptedContent: new EncryptedContent({ value: new OctetString(data) }),
    }),
  });
  return new ContentInfo({
    contentType: id_encryptedData,
    content: AsnConvert.serialize(encrypted),
  });
}

function wrapPlain(bags: SafeBag[]): ContentInfo {
  return wrapData(new Uint8Array(AsnConvert.serialize(new SafeContents(bags))));
}

function wrapData(content: Uint8Array): ContentInfo {
  return new ContentInfo({
    contentType: id_data,
    content: AsnConvert.serialize(new OctetString(content)),
  });
}

function bagCertificate({ raw }: X509Certificate, attributes: PKCS12Attribute[]): SafeBag {
  const certValue = AsnConvert.serialize(new OctetString(raw));
  const bag = new CertBag({ certId: id_x509Certificate, certValue });
  return new SafeBag({
    bagId: id_certBag,
    bagValue: AsnConvert.serialize(bag),
    ...(attributes.length > 0 ? { bagAttributes: attributes } : {}),
  });
}

function nameEntry(alias: string): PKCS12Attribute {
  const value = AsnBmpStringConverter.toASN(alias).toBER();
  return attribute(FRIENDLY_NAME, value);
}

function markAsTrusted(): PKCS12Attribute {
  return attribute(TRUSTED_KEY_USAGE, AsnObjectIdentifierConverter.toASN(ANY_KEY_USAGE).toBER());
}

function markAsPair(id: Buffer): PKCS12Attribute {
  const value = AsnConvert.serialize(new OctetString(id));
  return attribute(LOCAL_KEY_ID, value);
}

/** Not by the library's constructor, which takes values and drops them. */
function attribute(id: string, value: ArrayBuffer): PKCS12Attribute {
  return Object.assign(new PKCS12Attribute(), { attrId: id, attrValues: [value] });
}
