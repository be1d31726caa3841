import { join } from 'node:path';
import { ExplainedError } from '../system/errors.ts';
import { DEFAULT_DOMAIN } from '../project/domain.ts';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import { listBackups, type Backup } from './folder/backups.ts';
import { CONFIG_FILE } from './issuers/openssl-config.ts';
import {
  readExistingFiles,
  readExistingFile,
  type ExistingFile,
} from './folder/files-and-links.ts';
import { certificateFiles, type CertificateFiles } from '../project/certificate-files.ts';
import { inspectCertificate } from './inspect/inspect.ts';
import { type CertificateFacts } from './inspect/certificate-state.ts';
import { installFiles } from './folder/install-files.ts';
import { isEncrypted } from './encoding/key-file.ts';
import { rememberReplaced } from './authorities/known-authorities.ts';
import { holdLock } from './folder/certificate-lock.ts';
import { noteLocation } from '../project/workspace-location.ts';
import type { AskPassphrase } from './encoding/passphrase.ts';
import type { FileContents } from './folder/replace-files.ts';
import { createUnlock } from './encoding/unlock.ts';

export interface RestoreRequest {
  readonly workspace: string;
  /** Absolute path of the certificates folder; it must lie in the workspace. */
  readonly folder: string;
  /** The name of the backup; undefined for the newest. */
  readonly backup: string | undefined;
  /** What is known to open a key of this workspace; asked where the one in the backup is closed. */
  readonly known: () => Promise<string | undefined>;
  /** Asked where the key in the backup has another passphrase. */
  readonly ask: AskPassphrase;
  readonly now?: Date;
}

export interface RestoreResult {
  readonly files: CertificateFiles;
  readonly facts: CertificateFacts;
  /** What opens the key, where it has a passphrase. */
  readonly passphrase?: string;
  /** The folder that keeps what was there before. */
  readonly backup?: string;
}

/**
 * Puts a backup in the place of what is there, which becomes a backup itself, whole or not. The
 * `openssl.cnf` in it goes back into the workspace. What is in place again needs no backup, so that
 * one goes: restoring twice ends where it began.
 *
 * @throws ExplainedError `backup-missing`, `backup-not-whole`, `outside-workspace`,
 *   `certs-not-readable`, `certs-not-writable`, `data-folder-not-usable`, `generation-busy`; what
 *   `ask` throws
 */
export async function restoreBackup(request: RestoreRequest): Promise<RestoreResult> {
  const { workspace, folder, now = new Date() } = request;
  await resolveInWorkspace(workspace, folder);
  const chosen = await findBackup(folder, request.backup);
  // A user may take their time, so they are asked before the lock is held.
  const passphrase = await unlockKey(chosen, request);
  return holdLock(workspace, async () => {
    const read = await readBackup(workspace, chosen, passphrase);
    const existing = await readExistingFiles(workspace, folder);
    await noteLocation(workspace);
    const { ca } = certificateFiles(folder);
    const replaced = existing.find(({ path }) => path === ca)?.content;
    // Stores may trust the authority that goes, and nothing else would lead to it afterwards.
    if (replaced !== undefined) await rememberReplaced(workspace, replaced.toString());
    const backup = await installFiles({
      workspace,
      folder,
      existing: [...existing, ...read.present],
      files: read.files,
      now,
      from: chosen.folder,
    });
    return {
      files: certificateFiles(folder),
      facts: read.facts,
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(backup === undefined ? {} : { backup }),
    };
  });
}

/** Why a backup cannot be put back, as a sentence; undefined where it can. */
export function explainNotWhole({ state }: Backup): string | undefined {
  if (state.kind === 'none') return 'There is no certificate in it.';
  return state.kind === 'broken' ? state.problems[0]?.message : undefined;
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
    what: `${backup.name} cannot be brought back.`,
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

interface ReadBackup {
  readonly facts: CertificateFacts;
  readonly files: FileContents;
  /** What is there of `openssl.cnf`, where that is going to be another. */
  readonly present: readonly ExistingFile[];
}

async function readBackup(
  workspace: string,
  backup: Backup,
  passphrase: string | undefined,
): Promise<ReadBackup> {
  const { folder, name } = backup;
  const open = (): Promise<string | undefined> => Promise.resolve(passphrase);
  const state = await inspectCertificate(folder, DEFAULT_DOMAIN, open);
  refuseUnusable({ ...backup, state });
  const paths = certificateFiles(folder);
  const [certificate, key, ca, config] = await Promise.all(
    [paths.certificate, paths.key, paths.ca, join(folder, CONFIG_FILE)].map(async (file) =>
      readExistingFile(workspace, file),
    ),
  );
  if (state.kind !== 'present' || !certificate || !key) {
    throw new ExplainedError({ code: 'backup-missing', what: `${name} is gone.` });
  }
  const files = { certificate: certificate.content, key: key.content, ca: ca?.content };
  const path = join(workspace, CONFIG_FILE);
  const present = config && (await readExistingFile(workspace, path));
  if (!config || present?.content.equals(config.content)) {
    return { facts: state.facts, files, present: [] };
  }
  return {
    facts: state.facts,
    files: { ...files, config: { path, content: config.content } },
    present: present ? [present] : [],
  };
}
