import type { CertificateFacts } from '../../certificates/inspect/certificate-state.ts';
import type { HeartbeatFailure } from './heartbeat-failure.ts';
import type { NameLookup } from './name-lookup.ts';

/** A heartbeat that was verified and answered. */
export interface HeartbeatOk {
  readonly ok: true;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Round trip in milliseconds. */
  readonly latencyMs: number;
  /** Of the certificate the server showed, as `AA:BB:…`. */
  readonly servedFingerprint256: string;
  /** What that certificate says, if it is not on this disk. */
  readonly served?: CertificateFacts;
  /** Where its name leads clients on this machine; not looked up for someone else's server. */
  readonly lookup?: NameLookup;
}

/** What one heartbeat has found. */
export type Probe =
  | HeartbeatOk
  | {
      readonly ok: false;
      readonly at: number;
      readonly failure: HeartbeatFailure;
      /** Whether this same server has answered before. */
      readonly answeredBefore: boolean;
      /** The certificate it showed, its chain verified: only the name can be wrong with it. */
      readonly served?: CertificateFacts;
    };
