import type { Unfitness } from '../issue/authority.ts';
import type { Authority, PemFiles } from '../issue/issuer.ts';

/** Why the authority that clients trusted until now does not vouch for a new certificate. */
export type TrustLoss = Unfitness | 'key-not-kept' | 'self-signed' | 'other-authority';

/** New certificate files, and what became of the kept authority. */
export type Issued = {
  readonly files: PemFiles;
  /** The new authority, where its key is kept for the next certificate. */
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
 * What a new certificate means for clients that trusted the one before. They trust what ca.pem held.
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

/** The reason in a user's words, to follow "because". */
export function explainTrustLoss(loss: TrustLoss): string {
  switch (loss) {
    case 'names':
      return 'the authority may not sign the new names';
    case 'key-type':
      return 'the authority has another kind of key';
    case 'validity':
      return 'the authority expired too early';
    case 'key-not-kept':
      return 'the key of the old authority was not kept';
    case 'self-signed':
      return 'the old certificate was self-signed';
    case 'other-authority':
      return 'another authority signed the old certificate';
  }
}
