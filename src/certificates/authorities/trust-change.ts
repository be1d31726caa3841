import type { Unfitness } from '../issue/authority.ts';
import type { Authority, PemFiles } from '../issue/issuer.ts';

/** Why what clients trusted until now does not vouch for a new certificate. */
export type TrustLoss = Unfitness | 'key-not-kept' | 'self-signed' | 'other-authority';

/** A new pair, and what became of the authority that had been kept from before. */
export type Issued = {
  readonly files: PemFiles;
  /** The new authority, where its key is to be there for the next certificate. */
  readonly toKeep?: Authority;
} & (
  | { readonly authority: 'none' | 'kept' | 'fresh' }
  | { readonly authority: 'instead-of-kept'; readonly because: Unfitness }
);

/** What became of the authority, and where trust must be given again, why. */
export type TrustChange =
  | { readonly authority: 'created' | 'reused'; readonly trustLost?: undefined }
  | { readonly authority: 'replaced'; readonly trustLost: TrustLoss }
  | { readonly authority: 'none'; readonly trustLost?: 'self-signed' };

/**
 * What a new pair means for clients that trusted the one before. They trust what ca.pem held,
 * whoever made it, so that is what counts as the one before.
 *
 * @param before fingerprint of the authority in ca.pem so far, where there was one
 * @param after fingerprint of the one there now
 */
export function describeTrustChange(
  issued: Issued,
  before: string | undefined,
  after: string | undefined,
): TrustChange {
  const same = before !== undefined && before === after;
  switch (issued.authority) {
    case 'none':
      return { authority: 'none', ...(before === undefined ? {} : { trustLost: 'self-signed' }) };
    case 'instead-of-kept':
      return { authority: 'replaced', trustLost: issued.because };
    case 'fresh':
      return before === undefined
        ? { authority: 'created' }
        : { authority: 'replaced', trustLost: 'key-not-kept' };
    case 'kept':
      return before === undefined || same
        ? { authority: 'reused' }
        : { authority: 'replaced', trustLost: 'other-authority' };
  }
}

/** The reason in a user's words. */
export function explainTrustLoss(loss: TrustLoss): string {
  switch (loss) {
    case 'names':
      return 'The authority may not sign for the new names.';
    case 'key-type':
      return 'The authority has another kind of key, or a weaker one.';
    case 'validity':
      return 'The authority was not valid for long enough.';
    case 'key-not-kept':
      return 'No key of the authority before was kept.';
    case 'self-signed':
      return 'A self-signed certificate is trusted for itself.';
    case 'other-authority':
      return 'The certificate before was not signed by this authority.';
  }
}
