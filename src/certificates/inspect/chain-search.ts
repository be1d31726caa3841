import type { X509Certificate } from 'node:crypto';
import { validFirst } from './date-problems.ts';
import { findIssuers, isSelfSigned } from './signatures.ts';

export type ChainSearch =
  | {
      readonly kind: 'complete';
      /** From the leaf's issuer on, sorted, without the anchor. */
      readonly intermediates: readonly X509Certificate[];
      /** The self-signed end of the chain; the leaf itself where that is its own issuer. */
      readonly anchor: X509Certificate;
    }
  /** The certificate of the authority that signed `top` is missing. */
  | { readonly kind: 'incomplete'; readonly top: X509Certificate };

/**
 * Builds the chain from a leaf to a self-signed authority. The certificates may come in any order,
 * with others among them. One that is valid now is preferred.
 *
 * @param pool what a user has
 * @param findRoots the public authorities that signed a certificate; asked where the pool has none
 */
export function findChain(
  leaf: X509Certificate,
  pool: readonly X509Certificate[],
  findRoots: (signed: X509Certificate) => readonly X509Certificate[],
  now: Date = new Date(),
): ChainSearch {
  let top = leaf;
  let highest = 0;
  const roots = bestFirst(pool.filter(isSelfSigned), now);
  const others = bestFirst(
    pool.filter((one) => !isSelfSigned(one)),
    now,
  );
  // A certificate that led nowhere is not tried again: a few dozen authorities that signed each
  // other would take for ever.
  const seen = new Set([leaf.fingerprint256]);
  const climb = (path: readonly X509Certificate[]): readonly X509Certificate[] | undefined => {
    const last = path.at(-1) ?? leaf;
    if (isSelfSigned(last)) return path;
    if (path.length > highest) [top, highest] = [last, path.length];
    // Roots are tried first, because they end the chain; a cross-signed certificate makes it
    // longer.
    const candidates = [...roots, ...bestFirst(findRoots(last), now), ...others];
    for (const issuer of findIssuers(last, candidates)) {
      if (seen.has(issuer.fingerprint256)) continue;
      seen.add(issuer.fingerprint256);
      const found = climb([...path, issuer]);
      if (found) return found;
    }
    return undefined;
  };
  const path = climb([leaf]);
  const anchor = path?.at(-1);
  if (!path || !anchor) return { kind: 'incomplete', top };
  return { kind: 'complete', intermediates: path.slice(1, -1), anchor };
}

function bestFirst(
  certificates: readonly X509Certificate[],
  now: Date,
): readonly X509Certificate[] {
  return validFirst(
    certificates.toSorted((one, other) => endOf(other) - endOf(one)),
    now,
  );
}

function endOf({ validTo }: X509Certificate): number {
  return new Date(validTo).getTime();
}
