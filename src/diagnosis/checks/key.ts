import { problemsOf } from '../../chroma/status/certificate-problems.ts';
import { isExternal } from '../../chroma/status/snapshot.ts';
import { judge, skipped, type Check } from '../check.ts';

const OF_KEY: ReadonlySet<string> = new Set([
  'key-readable-by-others',
  'key-tracked',
  'key-locked',
]);

/** Whether a problem of the certificate is one of its key. */
export function isOfKey({ code }: { readonly code: string }): boolean {
  return OF_KEY.has(code);
}

/** The key: only its owner reads it, its passphrase is known, and git does not have it. */
export const KEY: Check = {
  id: 'key',
  after: [],
  look: async ({ seen, now }) => {
    const snapshot = await seen;
    const { certificate } = snapshot;
    if (isExternal(snapshot)) return skipped('The key is where the server runs.');
    if (certificate.kind === 'none') return skipped('There is no key yet.');
    const type = certificate.kind === 'present' ? certificate.facts.keyType : 'A key';
    return judge(
      problemsOf(certificate, now()).filter(isOfKey),
      `${type}, for its owner alone, not in git`,
    );
  },
};
