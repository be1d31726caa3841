import { explainLocked, isEncrypted, readKey } from '../certificates/encoding/key-file.ts';
import type { AskPassphrase } from '../certificates/encoding/passphrase.ts';
import { certificateFiles } from '../project/certificate-files.ts';
import { readIfThere } from '../system/files/replace-file.ts';
import { keepPassphrase, type WorkspaceContext } from './context.ts';

/** Whether the key that is there has a passphrase. */
export async function isKeyEncrypted({
  certificatesFolder,
}: Pick<WorkspaceContext, 'certificatesFolder'>): Promise<boolean> {
  const pem = await readIfThere(certificateFiles(certificatesFolder).key);
  return pem !== undefined && isEncrypted(pem);
}

/** What opens the key that is there; undefined where it needs nothing, or nobody knows. */
export async function readPassphrase(context: WorkspaceContext): Promise<string | undefined> {
  const { workspace, passphrases } = context;
  return (await isKeyEncrypted(context)) ? passphrases.read(workspace) : undefined;
}

/**
 * What opens the key that is there, and will open the one that takes its place; undefined where it
 * has none.
 *
 * @throws ExplainedError `key-locked` where it has one that is not known
 */
export async function requirePassphrase(context: WorkspaceContext): Promise<string | undefined> {
  const pem = await readIfThere(certificateFiles(context.certificatesFolder).key);
  if (pem === undefined || !isEncrypted(pem)) return undefined;
  const passphrase = await context.passphrases.read(context.workspace);
  if (passphrase === undefined) {
    throw explainLocked('Its passphrase is not known here, and the new key is to have it too.');
  }
  const { kind } = await readKey(pem, () => Promise.resolve(passphrase));
  if (kind !== 'locked') return passphrase;
  throw explainLocked('Its passphrase is another one than the one that is known here.');
}

/**
 * Gives the key a passphrase, another one, or none, and keeps it where it is kept.
 *
 * @param next undefined for no passphrase
 * @throws ExplainedError as `rewriteKey` does
 */
export async function protectKey(
  context: WorkspaceContext,
  next: string | undefined,
): Promise<void> {
  const { workspace, certificatesFolder: folder, server } = context;
  const present = await readPassphrase(context);
  // Loaded only now: encrypting brings libraries that nothing else needs.
  const { rewriteKey } = await import('../certificates/rewrite-key.ts');
  await rewriteKey({ workspace, folder, present, next });
  await keepPassphrase(context, next);
  await server.refreshProject();
}

/** Asks until a passphrase opens the key that is there, then keeps it. @throws what `ask` throws */
export async function rememberPassphrase(
  { workspace, certificatesFolder, passphrases, server }: WorkspaceContext,
  ask: AskPassphrase,
): Promise<void> {
  const pem = await readIfThere(certificateFiles(certificatesFolder).key);
  if (pem === undefined) return;
  for (let again = false; ; again = true) {
    const passphrase = await ask({ file: 'serverkey.pem', again });
    const { kind } = await readKey(pem, () => Promise.resolve(passphrase));
    if (kind === 'locked') continue;
    await passphrases.keep(workspace, passphrase);
    await server.refreshProject();
    return;
  }
}
