import { lastingProblems } from '../../../chroma/status/certificate-problems.ts';
import { cancellation } from '../../../system/errors.ts';
import { protectKey as protect, rememberPassphrase } from '../../../workspace/key-passphrase.ts';
import { ours, readArgument } from '../../model/actions.ts';
import { askNewPassphrase, askPassphrase } from '../../window/ask-passphrase.ts';
import { showQuickPick, type PlainItem } from '../../window/plain-window.ts';
import type { ActiveFolder } from '../../session/session.ts';
import type { CommandContext, CommandHandler } from '../command-context.ts';
import { generateCertificate } from './generate-certificate.ts';
import { isBusy } from '../bring-up.ts';

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
    if (enterPassphrase || (await isRemembered()))
      await rememberPassphrase(await active.open(), askPassphrase);
    else await generateCertificate(context, { replaceBroken: true });
  } else if (certificate.facts.keyEncrypted) {
    await changeOrRemove(context, active);
  } else {
    await protect(await active.open(), await askNewPassphrase(TITLE));
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
    await protect(await active.open(), await askNewPassphrase('Change Passphrase'));
    void context.notifier.inform('The key has the new passphrase.');
  } else {
    await protect(await active.open(), undefined);
    void context.notifier.inform('The key has no passphrase any more.');
  }
}

/** @returns the index of what was picked. @throws AbortError when cancelled */
async function pick(title: string, items: readonly PlainItem[]): Promise<number> {
  const picked = await showQuickPick(items, { title, ignoreFocusOut: true });
  if (!picked) throw cancellation();
  return items.indexOf(picked);
}
