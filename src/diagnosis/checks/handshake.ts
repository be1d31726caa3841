import type { DetailedPeerCertificate } from 'node:tls';
import { listChain } from '../../chroma/health/handshake.ts';
import { findServedProblems } from '../../chroma/status/server-problems.ts';
import { judge, NO_SERVER, type Check } from '../check.ts';

/** TLS as a client has it: the version, the chain, and the result as OpenSSL names it. */
export const HANDSHAKE: Check = {
  id: 'handshake',
  after: ['server', 'name', 'certificate'],
  look: async ({ heard, visit }) => {
    const { observation, probe, certificate } = await heard;
    const visited = await visit;
    if (observation.kind !== 'running' || !visited) return NO_SERVER;
    if (!visited.ok) {
      const { problem, opensslName } = visited;
      if (opensslName === undefined) return judge([problem], '');
      const why = [problem.why, `The TLS library says ${opensslName}.`].filter(Boolean).join(' ');
      return judge([{ ...problem, why }], '');
    }
    const { connection, certificate: leaf } = visited.answer;
    const { runtime } = observation.server;
    const stale =
      probe?.ok && runtime !== 'external'
        ? findServedProblems(probe, certificate, observation.server)
        : [];
    const chain = listChain(leaf).map(nameOf).join(' < ');
    return judge(stale, `${connection.protocol}, ${connection.cipher}; ${chain}; X509_V_OK`);
  },
};

function nameOf({ subject }: DetailedPeerCertificate): string {
  // A subject may have no common name, whatever the types say.
  const { CN, O } = subject as Partial<DetailedPeerCertificate['subject']>;
  return [CN ?? O ?? 'no name'].flat().join(', ');
}
