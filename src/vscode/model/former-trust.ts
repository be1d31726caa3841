import { ours, type Button } from './actions.ts';

/** What trust stores still hold of the authority that a new certificate does away with. */
export interface FormerTrust {
  /** A sentence. */
  readonly message: string;
  /** What puts it right. */
  readonly button: Button;
}

/**
 * What to do about an authority that is trusted and no longer vouches for anything. Pure.
 *
 * @param former the stores that hold it, in a list
 * @param hasAuthority whether the new certificate has an authority of its own to trust instead
 */
export function describeFormerTrust(
  former: string,
  hasAuthority: boolean,
): FormerTrust | undefined {
  if (former === '') return undefined;
  return hasAuthority
    ? {
        message: `Its predecessor is still trusted (${former}): trust the new one, and that goes.`,
        button: ours('chromaTls.trustCertificate', 'Trust Again'),
      }
    : {
        message: `Its predecessor is still trusted (${former}), for nothing: untrust it.`,
        button: ours('chromaTls.untrustCertificate', 'Untrust'),
      };
}
