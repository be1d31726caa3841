/** A certificate that somebody else has issued for a key of ours. All are PEM. */
export interface IssuedCertificate {
  /** The leaf first. */
  readonly chain: string;
  /** Open; it is encrypted again on the way to its file where the present one is. */
  readonly key: string;
  /** Its root, where that is not a public one. */
  readonly root?: string;
}
