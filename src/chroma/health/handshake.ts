import type { DetailedPeerCertificate } from 'node:tls';

/** What a full TLS handshake, verified, said; it holds for a while only. */
export interface Handshake {
  /** Milliseconds since the epoch; no later than the handshake itself. */
  readonly at: number;
  /** The moments at which a certificate of the chain starts or ends to be valid. */
  readonly bounds: readonly number[];
  /** Of the certificate that was shown, as `AA:BB:…`. */
  readonly fingerprint256: string;
}

/** Milliseconds; how long a handshake may speak for the server. */
const LIFE = 60_000;

/** What a certificate says that was verified in a handshake at that time, with its chain. */
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
 * Whether a handshake says nothing of now any more: it is old, a certificate has started or ended to
 * be valid since, the clock was set back, or it showed another certificate than it should. Pure.
 *
 * @param now milliseconds since the epoch
 * @param expected the fingerprint that should be served, where it is known
 */
export function isOutdated(
  { at, bounds, fingerprint256 }: Handshake,
  now: number,
  expected: string | undefined,
): boolean {
  return (
    now < at ||
    now >= at + LIFE ||
    bounds.some((bound) => at <= bound && bound <= now) ||
    (expected !== undefined && expected !== fingerprint256)
  );
}

/** The last certificate that is known names itself as its issuer, or none. */
function listChain(leaf: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
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

/** Node's types promise one; where a chain is not whole there is none. */
function issuerOf({
  issuerCertificate,
}: Partial<DetailedPeerCertificate>): DetailedPeerCertificate | undefined {
  return issuerCertificate;
}
