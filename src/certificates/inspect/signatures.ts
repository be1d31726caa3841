import type { X509Certificate } from 'node:crypto';

/** Bits of an RSA key whose signatures are verified; authorities have 4096 at most. */
const MOST_BITS = 8192;
/**
 * A public exponent is 65537, or 3. Of a key of up to 3072 bits OpenSSL takes one of any length, and
 * one as long as the key makes a single verification take as long as some two hundred.
 */
const EXPONENT_END = 2n ** 32n;
/** Certificates of one name that are tried for one signature; of a renewed authority there are two. */
const MOST_NAMESAKES = 10;

/** By the fingerprints of both: what is read is read again with every change of a folder. */
const verdicts = new Map<string, boolean>();
const MOST_VERDICTS = 1000;

/** Whether a certificate is its own issuer, by name and by signature. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && isSignedBy(certificate, certificate);
}

/**
 * The ones among some certificates that signed another, by name and by signature. A repository may
 * bring any number that could have by their name, so the eleventh of them is not tried.
 */
export function* findIssuers(
  signed: X509Certificate,
  candidates: Iterable<X509Certificate>,
): Generator<X509Certificate> {
  let tried = 0;
  for (const candidate of candidates) {
    if (!signed.checkIssued(candidate)) continue;
    if (isSignedBy(signed, candidate)) yield candidate;
    tried += 1;
    if (tried === MOST_NAMESAKES) return;
  }
}

function isSignedBy(signed: X509Certificate, issuer: X509Certificate): boolean {
  const pair = `${signed.fingerprint256} ${issuer.fingerprint256}`;
  const known = verdicts.get(pair);
  if (known !== undefined) return known;
  const verdict = verify(signed, issuer);
  if (verdicts.size >= MOST_VERDICTS) verdicts.clear();
  verdicts.set(pair, verdict);
  return verdict;
}

function verify(signed: X509Certificate, issuer: X509Certificate): boolean {
  try {
    const { publicKey } = issuer;
    const { modulusLength = 0, publicExponent = 0n } = publicKey.asymmetricKeyDetails ?? {};
    if (modulusLength > MOST_BITS || publicExponent >= EXPONENT_END) return false;
    return signed.verify(publicKey);
  } catch {
    // By a kind of key that Node.js does not know nothing is shown to be signed.
    return false;
  }
}
