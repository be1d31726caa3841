import { join } from 'node:path';
import { certificateFiles, OPENSSL_CONFIG } from '../project/certificate-files.ts';
import { DEFAULT_DOMAIN } from '../project/domain.ts';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import { ExplainedError } from '../system/errors.ts';
import { isEncrypted } from './encoding/key-file.ts';
import { createUnlock, type AskPassphrase } from './encoding/passphrase.ts';
import { listBackups, type Backup } from './folder/backups.ts';
import { holdLock } from './folder/certificate-lock.ts';
import { readExistingFile } from './folder/files-and-links.ts';
import { installFiles, type FileContents, type Installed } from './folder/replace-files.ts';
import type { CertificateFacts } from './inspect/certificate-state.ts';
import { inspectCertificate } from './inspect/inspect.ts';

export interface RestoreRequest {
  readonly workspace: string;
  /** Absolute path of the certificates folder; it must lie in the workspace. */
  readonly folder: string;
  /** The name of the backup; undefined for the newest. */
  readonly backup: string | undefined;
  /** The known passphrase of this workspace; only asked where the key in the backup is encrypted. */
  readonly known: () => Promise<string | undefined>;
  /** Asks a user, where the key in the backup has another passphrase. */
  readonly ask: AskPassphrase;
  readonly now?: Date;
}

export interface RestoreResult extends Installed {
  readonly facts: CertificateFacts;
  /** What opens the key, where it has a passphrase. */
  readonly passphrase?: string;
}

/**
 * Puts a backup back, with its `openssl.cnf`. What was there becomes a backup itself, whole or not, and
 * the backup that is in place again is removed: restoring twice ends where it began.
 *
 * @throws ExplainedError `backup-missing`, `backup-not-whole`, `outside-workspace`,
 *   `certs-not-readable`, `certs-not-writable`, `data-folder-not-usable`, `generation-busy`; what
 *   `ask` throws
 */
export async function restoreBackup(request: RestoreRequest): Promise<RestoreResult> {
  const { workspace, folder, now = new Date() } = request;
  await resolveInWorkspace(workspace, folder);
  const chosen = await findBackup(folder, request.backup);
  // A user may take long to answer, so no lock is held yet.
  const passphrase = await unlockKey(chosen, request);
  return holdLock(workspace, async () => {
    const { facts, contents } = await readBackup(workspace, chosen, passphrase);
    const from = chosen.folder;
    const installed = await installFiles({ workspace, folder, contents, now, from });
    return { ...installed, facts, ...(passphrase === undefined ? {} : { passphrase }) };
  });
}

/** Why a backup cannot be restored, as a sentence; undefined where it can. */
export function explainNotWhole({ state }: Backup): string | undefined {
  if (state.kind === 'none') return 'There is no certificate in it.';
  return state.kind === 'broken' ? state.problems[0]?.what : undefined;
}

async function findBackup(folder: string, name: string | undefined): Promise<Backup> {
  const all = await listBackups(folder);
  const usable = all.find((backup) => explainNotWhole(backup) === undefined);
  const chosen = name === undefined ? (usable ?? all[0]) : all.find((one) => one.name === name);
  if (!chosen) {
    throw new ExplainedError({
      code: 'backup-missing',
      what: name === undefined ? 'There is no backup yet.' : `There is no backup called ${name}.`,
      next:
        all.length === 0
          ? 'One is made whenever a certificate is replaced.'
          : `There are: ${all.map((one) => one.name).join(', ')}.`,
    });
  }
  refuseUnusable(chosen);
  return chosen;
}

function refuseUnusable(backup: Backup): void {
  const why = explainNotWhole(backup);
  if (why === undefined) return;
  throw new ExplainedError({
    code: 'backup-not-whole',
    what: `${backup.name} cannot be restored.`,
    why,
    next: 'Choose another backup, or generate or import a certificate.',
  });
}

/** @returns what opens the key of a backup; undefined where it has no passphrase */
async function unlockKey(
  { folder, name, state }: Backup,
  { workspace, known, ask }: RestoreRequest,
): Promise<string | undefined> {
  if (state.kind !== 'present' || !state.facts.keyEncrypted) return undefined;
  const file = await readExistingFile(workspace, certificateFiles(folder).key);
  if (!file || !isEncrypted(file.content)) return undefined;
  // Loaded only now: few keys have a passphrase.
  const { openEncryptedKey } = await import('./encoding/encrypted-key.ts');
  const unlock = createUnlock(ask);
  const open = (phrase: string): Promise<unknown> =>
    openEncryptedKey(file.content.toString(), phrase);
  const { passphrase } = await unlock(`${name}/serverkey.pem`, open, await known());
  return passphrase;
}

async function readBackup(
  workspace: string,
  backup: Backup,
  passphrase: string | undefined,
): Promise<{ readonly facts: CertificateFacts; readonly contents: FileContents }> {
  const { folder, name } = backup;
  const open = (): Promise<string | undefined> => Promise.resolve(passphrase);
  const state = await inspectCertificate(folder, DEFAULT_DOMAIN, open);
  refuseUnusable({ ...backup, state });
  const files = certificateFiles(folder);
  const [certificate, key, ca, names, config] = await Promise.all(
    [files.certificate, files.key, files.ca, files.names, join(folder, OPENSSL_CONFIG)].map(
      async (file) => (await readExistingFile(workspace, file))?.content,
    ),
  );
  if (state.kind !== 'present' || !certificate || !key) {
    throw new ExplainedError({ code: 'backup-missing', what: `${name} is gone.` });
  }
  const contents = { certificate, key, ca, names };
  const path = join(workspace, OPENSSL_CONFIG);
  const existing = config && (await readExistingFile(workspace, path));
  if (!config || existing?.content.equals(config)) return { facts: state.facts, contents };
  return {
    facts: state.facts,
    contents: { ...contents, config: { path, content: config, existing } },
  };
}
