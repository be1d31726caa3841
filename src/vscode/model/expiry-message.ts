import {
  describeExpiry,
  expiryStage,
  type ExpiryStage,
} from '../../certificates/inspect/expiry.ts';
import type { CertificateFacts } from '../../certificates/inspect/certificate-state.ts';
import type { Validity } from '../../certificates/issue/validity.ts';
import { isExternal, type Snapshot } from '../../chroma/status/status.ts';

/** Something to tell a user once. */
export interface ExpiryMessage {
  /** The certificate and the stage it has reached. */
  readonly id: string;
  readonly stage: ExpiryStage;
  readonly message: string;
}

/** What to say of the expiry of this folder's certificate, or of its authority. Pure. */
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

/** An external server's certificate is renewed by others. */
function ownFacts(snapshot: Snapshot): CertificateFacts | undefined {
  const { certificate } = snapshot;
  return certificate.kind === 'present' && !isExternal(snapshot) ? certificate.facts : undefined;
}

function firstToEnd(facts: CertificateFacts): {
  readonly whose: string;
  readonly validity: Validity;
} {
  const end = ({ notAfter }: Validity): number => notAfter.getTime();
  const [first] = (facts.authorities ?? []).toSorted((one, other) => end(one) - end(other));
  return first && end(first) < end(facts)
    ? { whose: 'authority of the certificate', validity: first }
    : { whose: 'certificate', validity: facts };
}
