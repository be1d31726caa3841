import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTrust, runToLook } from './read-trust.ts';
import { findStores } from './stores/find-stores.ts';
import type { Trial, TrustStore } from './stores/store.ts';
import type { StoreTrust } from './trust-state.ts';

/** What a store says of an authority, and what its own program did with a certificate of it. */
export interface TriedStore extends StoreTrust {
  /** None where no program of the store could try it. */
  readonly verdict?: 'accepts' | 'refuses';
}

/**
 * Has each store verify a server certificate, on a copy of the store: none is changed.
 *
 * @param folder absolute path of the certificates folder
 * @param leaf the server certificate, in PEM
 * @param name what it must be good for
 */
export async function tryStores(
  workspace: string,
  folder: string,
  { leaf, name }: { readonly leaf: string; readonly name: string },
): Promise<readonly TriedStore[]> {
  const stores = await findStores();
  const temporary = await mkdtemp(join(tmpdir(), 'chroma-tls-trial-'));
  try {
    const file = join(temporary, 'leaf.pem');
    await writeFile(file, leaf, { mode: 0o600 });
    const [trust, ...verdicts] = await Promise.all([
      readTrust(workspace, folder, stores),
      ...stores.map((store) => tryStore(store, { file, name, folder: temporary })),
    ]);
    return trust.map((store, at) => {
      const verdict = verdicts[at];
      return { ...store, ...(verdict === undefined ? {} : { verdict }) };
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function tryStore(
  { accepts }: TrustStore,
  trial: Trial,
): Promise<'accepts' | 'refuses' | undefined> {
  try {
    const accepted = await accepts?.(runToLook, trial);
    return accepted === undefined ? undefined : accepted ? 'accepts' : 'refuses';
  } catch {
    // Its program is missing, or cannot read the copy: then it is only known what the store says.
    return undefined;
  }
}
