import { describeExpiry, expiryStage } from '../../../certificates/inspect/expiry.ts';
import type { CertificateFacts } from '../../../certificates/inspect/certificate-state.ts';
import type { Validity } from '../../../certificates/issue/validity.ts';
import { isExternal, type Snapshot } from '../../../chroma/status/snapshot.ts';

/** Something to tell a user once. */
export interface ExpiryMessage {
  /** The certificate and the stage it has reached. */
  readonly id: string;
  readonly message: string;
}

/** What to say of the expiry of this folder's certificate, or of its authority. Pure. */
export function findExpiryMessage(snapshot: Snapshot, now: number): ExpiryMessage | undefined {
  const { certificate, domain } = snapshot;
  // An external server's certificate is renewed by others.
  if (certificate.kind !== 'present' || isExternal(snapshot)) return undefined;
  const { whose, validity } = firstToExpire(certificate.facts);
  const stage = expiryStage(validity, now);
  if (stage === undefined) return undefined;
  const expiry = describeExpiry(validity.notAfter, now);
  return {
    id: `${certificate.facts.fingerprint256} ${stage}`,
    message: `The ${whose} for ${domain} ${expiry.charAt(0).toLowerCase()}${expiry.slice(1)}.`,
  };
}

function firstToExpire(facts: CertificateFacts): {
  readonly whose: string;
  readonly validity: Validity;
} {
  const end = ({ notAfter }: Validity): number => notAfter.getTime();
  const [first] = (facts.authorities ?? []).toSorted((one, other) => end(one) - end(other));
  return first && end(first) < end(facts)
    ? { whose: 'authority of the certificate', validity: first }
    : { whose: 'certificate', validity: facts };
}
