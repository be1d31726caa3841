import type { CertificateState } from '../../certificates/inspect/certificate-state.ts';
import { explainLocked } from '../../certificates/encoding/key-file.ts';
import { ExplainedError } from '../../system/errors.ts';
import { problemsOf } from '../status/certificate-problems.ts';

/** With one of these no client can verify the server, so starting it would only mislead. */
const FATAL = new Set([
  'half-pair',
  'mismatched-pair',
  'corrupt',
  'unreadable',
  'name-mismatch',
  'invalid-name',
  'expired',
  'chain-broken',
  'authority-missing',
  'key-locked',
]);

/**
 * Refuses to start a server that every client would have to turn away.
 *
 * @param now milliseconds since 1970
 * @throws ExplainedError with the code of the certificate's problem
 */
export function refuseUnverifiable(certificate: CertificateState, now: number): void {
  const fatal = problemsOf(certificate, now).find(({ code }) => FATAL.has(code));
  if (!fatal) return;
  if (fatal.code === 'key-locked') throw explainLocked(fatal.what);
  if (fatal.code === 'invalid-name') {
    throw new ExplainedError({
      code: fatal.code,
      what: 'The server was not started, because no client could call it by its name.',
      why: fatal.what,
      next: 'Set CHROMA_DOMAIN to a host name such as localhost, or to an IP address.',
      action: 'setDomain',
    });
  }
  throw new ExplainedError({
    code: fatal.code,
    what: 'The server was not started, because no client could verify it.',
    why: `The certificate has a problem: ${fatal.what}`,
    next: 'Generate it again; the old one is kept as a backup.',
    action: certificate.kind === 'broken' ? 'replaceBrokenPair' : 'regenerateCertificate',
  });
}
