export interface HeartbeatOk {
  readonly ok: true;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Round trip in milliseconds. */
  readonly latencyMs: number;
  /** Of the certificate the server showed, as `AA:BB:…`. */
  readonly servedFingerprint256: string;
}
export interface HeartbeatFailure {
  readonly code:
    | 'refused' | 'starting' | 'timeout' | 'closed' | 'name-mismatch' | 'unknown-ca' | 'expired'
    | 'not-yet-valid' | 'plain-http' | 'wrong-api' | 'bad-answer' | 'no-trust-anchor' | 'other';
  readonly message: string;
  /** True where waiting may be the cure. */
  readonly transient: boolean;
}
export type Probe =
  | HeartbeatOk
  | { readonly ok: false; readonly at: number; readonly failure: HeartbeatFailure; readonly answeredBefore: boolean };
