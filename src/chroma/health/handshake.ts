import type { DetailedPeerCertificate } from 'node:tls';

/** What a full, verified TLS handshake showed. It holds only for a while. */
export interface Handshake {
  /** Milliseconds since the epoch; no later than the handshake itself. */
  readonly at: number;
  /** The moments at which a certificate of the chain becomes valid or expires. */
  readonly bounds: readonly number[];
  /** Of the certificate that was shown, as `AA:BB:…`. */
  readonly fingerprint256: string;
}

/** Milliseconds; how long a handshake may speak for the server. */
const LIFE = 60_000;

/** Describes a handshake at a time by the certificate that it verified, with its chain. */
export function describeHandshake(leaf: DetailedPeerCertificate, at: number): Handshake {
  return {
    at,
    fingerprint256: leaf.fingerprint256,
    bounds: listChain(leaf).flatMap((certificate) => [
      Date.parse(certificate.valid_from),
      Date.parse(certificate.valid_to),
    ]),
  };
}

/**
 * Whether a handshake is out of date: it is old, a certificate has become valid or expired since,
 * the clock was set back, or it showed another certificate than it should. Pure.
 *
 * @param now milliseconds since the epoch
 * @param expected the fingerprints that may be served, where they are known
 */
export function isOutdated(
  { at, bounds, fingerprint256 }: Handshake,
  now: number,
  expected: readonly string[],
): boolean {
  return (
    now < at ||
    now >= at + LIFE ||
    bounds.some((bound) => at <= bound && bound <= now) ||
    (expected.length > 0 && !expected.includes(fingerprint256))
  );
}

/**
 * A verified certificate and those above it. The chain ends with a certificate that names itself as
 * its issuer, or whose issuer is not known. Pure.
 */
export function listChain(leaf: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
  const chain = new Set<DetailedPeerCertificate>();
  for (
    let current: DetailedPeerCertificate | undefined = leaf;
    current && !chain.has(current);
    current = issuerOf(current)
  ) {
    chain.add(current);
  }
  return [...chain];
}

/** Node's types promise an issuer, but an incomplete chain ends without one. */
function issuerOf({
  issuerCertificate,
}: Partial<DetailedPeerCertificate>): DetailedPeerCertificate | undefined {
  return issuerCertificate;
}
