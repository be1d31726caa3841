/** What one name is proved with (RFC 8555, section 8). */
export interface Proof {
  /** A DNS name without `*.`, or an IP address. */
  readonly name: string;
  readonly token: string;
  /** The token and the thumbprint of the account's key, joined by a dot. */
  readonly keyAuthorization: string;
}

/** A TXT record that proves a name. */
export interface DnsRecord {
  /** Such as `_acme-challenge.example.com`. */
  readonly name: string;
  readonly value: string;
}

/** What a responder may need of a user. */
export interface ResponderQuestions {
  /**
   * Shows the records that a user sets by hand, and may return at once: they are looked for then.
   *
   * @throws AbortError where the user gives up
   */
  readonly showRecords: (records: readonly DnsRecord[], signal: AbortSignal) => Promise<void>;
  /** Hears what is being done, as a few words. */
  readonly report: (step: string) => void;
}

/** Answers the questions of an ACME server for all names of one order. */
export interface Responder {
  /** The challenge's name in an authorization. */
  readonly type: 'http-01' | 'tls-alpn-01' | 'dns-01';
  /**
   * Sees whether it will be able to answer, before an order is placed.
   *
   * @throws ExplainedError what stands in the way; AbortError when the signal fires
   */
  check(signal: AbortSignal): Promise<void>;
  /**
   * Has everything ready, so that the server may ask from now on.
   *
   * @throws ExplainedError what stands in the way; AbortError when the signal fires
   */
  present(proofs: readonly Proof[], signal: AbortSignal): Promise<void>;
  /** Undoes it, whatever of it was done. */
  cleanUp(): Promise<void>;
}
