import type { X509Certificate } from 'node:crypto';
import type { CertificateProblem } from './certificate-state.ts';
import { isSelfSigned } from './signatures.ts';

/** Properties of a server's certificate for which some clients refuse it. */
export async function findProfileProblems(
  leaf: X509Certificate,
): Promise<readonly CertificateProblem[]> {
  if (leaf.ca) {
    return [
      {
        code: 'is-authority',
        what: 'It is marked as an authority (CA:TRUE): rustls, and so Chroma’s Rust client, refuses it from a server.',
      },
    ];
  }
  // A certificate with extended key usages comes from a tool with a profile. Others need a closer
  // look.
  if (purposesOf(leaf).length > 0) return [];
  // Loaded only now: few need it.
  const { hasAuthorityIdentifier } = await import('./authority-identifier.ts');
  if (hasAuthorityIdentifier(leaf)) return [];
  const strict = isSelfSigned(leaf)
    ? 'strict verifiers such as pyca/cryptography refuse it'
    : 'Python 3.13 and other strict verifiers refuse it';
  return [
    {
      code: 'no-authority-identifier',
      what: `It does not say which key signed it (no authority key identifier): ${strict}.`,
    },
  ];
}

/** The extended key usages. Node.js calls them keyUsage, and gives undefined where there are none. */
export function purposesOf(certificate: {
  readonly keyUsage?: readonly string[];
}): readonly string[] {
  return certificate.keyUsage ?? [];
}
