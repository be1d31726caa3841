import type { X509Certificate } from 'node:crypto';
import type { CertificateName } from '../../project/certificate-name.ts';
import { loadAuthority } from '../authorities/authority-store.ts';
import { generateKeys } from '../issue/keys.ts';
import { signLeaf } from '../issue/leaf.ts';
import { toPem } from '../issue/profile.ts';

/**
 * A server certificate of one day, to be verified and thrown away. Its key is never written, and
 * never leaves this process's memory.
 *
 * @param ca the authority that is to have signed it
 * @returns its PEM; undefined where the key of that authority is not kept here
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function signThrowAway(
  workspace: string,
  ca: X509Certificate,
  names: readonly CertificateName[],
): Promise<string | undefined> {
  const authority = await loadAuthority(workspace);
  if (authority?.certificate.fingerprint256 !== ca.fingerprint256) return undefined;
  const { publicKey } = await generateKeys('ecdsa-p256');
  return toPem(signLeaf(authority, publicKey, { names, days: 1, now: new Date() }));
}
