import {
  describeExpiry,
  expiryStage,
  nextExpiryStage,
  type ExpiryStage,
} from '../certificates/expiry.ts';
import type { CertificateFacts } from '../certificates/inspect.ts';
import type { Validity } from '../certificates/validity.ts';
import { isExternal, type Snapshot } from '../chroma/status.ts';

/** Something to tell a person once. */
export interface ExpiryMessage {
  /** The certificate and the stage it has come to. */
  readonly id: string;
  readonly stage: ExpiryStage;
  readonly message: string;
}

/** What is to be said of the end of this folder's certificate, or of its authority's. Pure. */
export function findExpiryMessage(snapshot: Snapshot, now: number): ExpiryMessage | undefined {
  const facts = ownFacts(snapshot);
  if (!facts) return undefined;
  const { whose, validity } = firstToEnd(facts);
  const stage = expiryStage(validity, now);
  if (stage === undefined) return undefined;
  const expiry = describeExpiry(validity.notAfter, now);
  return {
    id: `${facts.fingerprint256} ${stage}`,
    stage,
    message: `The ${whose} for ${snapshot.domain} ${expiry.charAt(0).toLowerCase()}${expiry.slice(1)}.`,
  };
}

/** When there will be something else to say (ms since 1970), should nothing change. Pure. */
export function nextExpiryMessage(snapshot: Snapshot, now: number): number | undefined {
  const facts = ownFacts(snapshot);
  return facts && nextExpiryStage(firstToEnd(facts).validity, now);
}

/** Someone else renews what someone else's server serves. */
function ownFacts(snapshot: Snapshot): CertificateFacts | undefined {
  const { certificate } = snapshot;
  return certificate.kind === 'present' && !isExternal(snapshot) ? certificate.facts : undefined;
}

function firstToEnd(facts: CertificateFacts): {
  readonly whose: string;
  readonly validity: Validity;
} {
  const { authority } = facts;
  return authority && authority.notAfter < facts.notAfter
    ? { whose: 'authority of the certificate', validity: authority }
    : { whose: 'certificate', validity: facts };
}
