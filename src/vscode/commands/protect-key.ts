import { readIfThere } from '../../system/files/replace-file.ts';
import { certificateFiles } from '../../project/certificate-files.ts';
import { readKey } from '../../certificates/encoding/key-file.ts';
import { lastingProblems } from '../../chroma/status/status.ts';
import { cancellation } from '../../system/errors.ts';
import { resolveInWorkspace } from '../../project/workspace-path.ts';
import { ours, readArgument } from '../model/actions.ts';
import { askNewPassphrase, askPassphrase } from '../window/ask-passphrase.ts';
import { readConfiguration } from '../window/configuration.ts';
import { showQuickPick, type PlainItem } from '../window/plain-window.ts';
import type { ActiveFolder } from '../session/session.ts';
import type { CommandContext, CommandHandler } from './command-context.ts';
import { generateCertificate } from './generate-certificate.ts';
import { isBusy } from './start-server.ts';

const TITLE = 'Protect Key with Passphrase';

/** Gives the key a passphrase, changes or removes it, or takes in one that is not known here. */
export const protectKey: CommandHandler = async (context, argument) => {
  const active = await context.session.require();
  if (!active || isBusy(context, active)) return;
  await active.server.refreshProject();
  const { certificate } = active.server.snapshot;
  if (certificate.kind !== 'present') {
    void context.notifier.inform(
      'There is no certificate with a key to protect.',
      ours('chromaTls.generateCertificate'),
    );
    return;
  }
  if (lastingProblems(certificate).some(({ code }) => code === 'key-locked')) {
    const { enterPassphrase = false } = readArgument(argument);
    if (enterPassphrase || (await isRemembered())) await enter(context, active);
    else await generateCertificate(context, { replaceBroken: true });
  } else if (certificate.facts.keyEncrypted) {
    await changeOrRemove(context, active);
  } else {
    await protect(context, active, await askNewPassphrase(TITLE));
    void context.notifier.inform(
      'The key is encrypted. Its passphrase is kept in the secret storage.',
    );
  }
};

/** Whether the user still has the passphrase; without it the key is lost, and a new one helps. */
async function isRemembered(): Promise<boolean> {
  const answer = await pick('The passphrase of the key is not known here', [
    {
      icon: 'key',
      label: 'Enter Passphrase',
      detail: 'It is kept in the editor’s secret storage.',
    },
    {
      icon: 'refresh',
      label: 'Back Up and Regenerate',
      detail: 'For a passphrase that is lost: a new certificate with a new, unprotected key.',
    },
  ]);
  return answer === 0;
}

/** Asks until a passphrase opens the key, then keeps it. */
async function enter({ passphrases }: CommandContext, active: ActiveFolder): Promise<void> {
  const { workspace, folder } = await locate(active);
  const pem = await readIfThere(certificateFiles(folder).key);
  if (pem === undefined) return;
  for (let again = false; ; again = true) {
    const passphrase = await askPassphrase({ file: 'serverkey.pem', again });
    const { kind } = await readKey(pem, () => Promise.resolve(passphrase));
    if (kind === 'locked') continue;
    await passphrases.keep(workspace, passphrase);
    await active.server.refreshProject();
    return;
  }
}

async function changeOrRemove(context: CommandContext, active: ActiveFolder): Promise<void> {
  const answer = await pick('The key has a passphrase', [
    { icon: 'key', label: 'Change Passphrase', detail: 'Encrypts the key again.' },
    {
      icon: 'unlock',
      label: 'Remove Passphrase',
      detail: 'From then on only the mode of the file (0600) protects the key.',
    },
  ]);
  if (answer === 0) {
    await protect(context, active, await askNewPassphrase('Change Passphrase'));
    void context.notifier.inform('The key has the new passphrase.');
  } else {
    await protect(context, active, undefined);
    void context.notifier.inform('The key has no passphrase any more.');
  }
}

/** @param next undefined for none */
async function protect(
  { passphrases }: CommandContext,
  active: ActiveFolder,
  next: string | undefined,
): Promise<void> {
  const { workspace, folder } = await locate(active);
  const present = await passphrases.read(workspace);
  // Loaded only now: encrypting brings libraries that nothing else needs.
  const { protectKey: rewrite } = await import('../../certificates/protect-key.ts');
  await rewrite({ workspace, folder, present, next });
  if (next === undefined) await passphrases.forget(workspace);
  else await passphrases.keep(workspace, next);
  await active.server.refreshProject();
}

async function locate({
  folder,
}: ActiveFolder): Promise<{ readonly workspace: string; readonly folder: string }> {
  const workspace = folder.uri.fsPath;
  const { certificatesFolder } = readConfiguration(folder);
  return { workspace, folder: await resolveInWorkspace(workspace, certificatesFolder) };
}

/** @returns the index of what was picked. @throws AbortError when cancelled */
async function pick(title: string, items: readonly PlainItem[]): Promise<number> {
  const picked = await showQuickPick(items, { title, ignoreFocusOut: true });
  if (!picked) throw cancellation();
  return items.indexOf(picked);
}
