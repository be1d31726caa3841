import type { X509Certificate } from 'node:crypto';

/** Most bits of an RSA key whose signatures are verified; authorities have up to 4096. */
const MOST_BITS = 8192;
/**
 * Usual public exponents are 65537 and 3. For a key of up to 3072 bits OpenSSL accepts any length,
 * and an exponent as long as the key makes a verification two hundred times slower.
 */
const EXPONENT_END = 2n ** 32n;
/** How many issuers of the right name are tried for a signature; a renewed authority has two. */
const MOST_NAMESAKES = 10;

/** Kept by both fingerprints, because a folder's certificates are read again with each change. */
const verdicts = new Map<string, boolean>();
const MOST_VERDICTS = 1000;

/** Whether a certificate is its own issuer, by name and by signature. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && isSignedBy(certificate, certificate);
}

/**
 * Those of the candidates that signed a certificate, by name and by signature. A repository can
 * hold any number of candidates with the right name, so the eleventh is not tried.
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
    // Node.js does not know this kind of key, so the signature is not verified.
    return false;
  }
}
