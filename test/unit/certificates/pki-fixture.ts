import { KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '../../../src/certificates/encoding/x509.ts';

x509.cryptoProvider.set(webcrypto as never);

/** A certificate and its key, as some authority elsewhere could have issued them. */
export interface Party {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
  readonly pem: string;
  readonly keyPem: string;
  readonly authority: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

export interface PartyWish {
  readonly name?: string;
  readonly by?: Party;
  /** Takes these instead of new ones, as a renewed or a cross-signed certificate does. */
  readonly keys?: webcrypto.CryptoKeyPair;
  readonly ca?: boolean;
  /** How many authorities may be between this one and a leaf. */
  readonly pathLength?: number;
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
  readonly algorithm?: webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams;
  /** Days from now. */
  readonly from?: number;
  readonly until?: number;
  readonly usages?: readonly string[];
  /** Where it says that its issuer's certificate is to be had. */
  readonly issuerUrl?: string;
}

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
export const rsa = (modulusLength: number, hash = 'SHA-256'): webcrypto.RsaHashedKeyGenParams => ({
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash,
});

const DAY = 86_400_000;

/** Issues a certificate: self-signed where nobody else is named, for localhost where no name is. */
export async function issue(wish: PartyWish = {}): Promise<Party> {
  const { by, ca = false, names = ['localhost'], algorithm = P256, from = -1, until = 100 } = wish;
  const { addresses = [] } = wish;
  const keys =
    wish.keys ?? (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']));
  const signer = by?.keys ?? keys;
  const subject = `CN=${wish.name ?? 'somebody'}`;
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: by ? by.authority.subject : subject,
    notBefore: new Date(Date.now() + from * DAY),
    notAfter: new Date(Date.now() + until * DAY),
    publicKey: keys.publicKey,
    signingKey: signer.privateKey,
    signingAlgorithm: { hash: 'SHA-256', ...signer.privateKey.algorithm },
    extensions: [
      new x509.BasicConstraintsExtension(ca, wish.pathLength, true),
      ...(ca ? [new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true)] : []),
      await x509.AuthorityKeyIdentifierExtension.create(signer.publicKey),
      ...(wish.usages ? [new x509.ExtendedKeyUsageExtension([...wish.usages])] : []),
      ...(wish.issuerUrl === undefined
        ? []
        : [new x509.AuthorityInfoAccessExtension({ caIssuers: wish.issuerUrl })]),
      ...(ca
        ? []
        : [
            new x509.SubjectAlternativeNameExtension([
              ...names.map((value) => ({ type: 'dns', value }) as const),
              ...addresses.map((value) => ({ type: 'ip', value }) as const),
            ]),
          ]),
    ],
  });
  const key = KeyObject.from(keys.privateKey);
  return {
    certificate: new X509Certificate(Buffer.from(certificate.rawData)),
    key,
    pem: `${certificate.toString('pem')}\n`,
    keyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    authority: certificate,
    keys,
  };
}

/** The same certificate, ending on a day that no calendar has; its signature no longer holds. */
export function withoutEnd({ certificate }: Party): X509Certificate {
  const der = Buffer.from(certificate.raw);
  // The second UTCTime of the validity: its tag, its length, its digits.
  const second = der.indexOf('170d', der.indexOf('170d', 'hex') + 1, 'hex');
  der.write('999999999999Z', second + 2, 'latin1');
  return new X509Certificate(der);
}

/** A root, an authority under it, and a server's certificate from that one. */
export async function issueChain(
  wish: PartyWish = {},
): Promise<{ readonly root: Party; readonly middle: Party; readonly leaf: Party }> {
  const root = await issue({ name: 'Root', ca: true });
  const middle = await issue({ name: 'Middle', ca: true, by: root });
  return { root, middle, leaf: await issue({ name: 'Leaf', ...wish, by: middle }) };
}
