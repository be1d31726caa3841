/** A certificate that somebody else has issued for a key of ours. All are PEM. */
export interface IssuedCertificate {
  /** The leaf first. */
  readonly chain: string;
  /** Open; it is encrypted again on the way to its file where the present one is. */
  readonly key: string;
  /** The root it stands on, where that is no public one. */
  readonly root?: string;
}
