import { restore } from '../../../workspace/restore.ts';
import { ours } from '../../model/actions.ts';
import { askPassphrase } from '../../window/ask-passphrase.ts';
import { describeBackup } from '../../model/backup-item.ts';
import { describeFormerTrust, describeRestored } from '../../model/messages/certificate-message.ts';
import { folderTitle } from '../../window/folder-title.ts';
import { showQuickPick } from '../../window/plain-window.ts';
import type { CommandHandler } from '../command-context.ts';
import { isBusy } from '../bring-up.ts';
import { askToRestart, tellAndServe } from './serve-certificate.ts';

/** Puts a backup of the certificate back in place; what is there becomes a backup itself. */
export const restoreCertificate: CommandHandler = async (context) => {
  const active = await context.session.require();
  if (!active || isBusy(context, active)) return;
  const workspace = await active.open();
  // Loaded only now: reading a backup brings libraries that nothing else needs.
  const { listBackups } = await import('../../../certificates/folder/backups.ts');
  const backups = await listBackups(workspace.certificatesFolder);
  if (backups.length === 0) {
    void context.notifier.inform(
      'There is no backup yet. One is made whenever a certificate is replaced.',
      ours('chromaTls.generateCertificate'),
    );
    return;
  }
  const now = Date.now();
  const picked = await showQuickPick(
    backups.map((backup) => describeBackup(backup, now)),
    {
      title: folderTitle('Restore Previous', active.folder),
      placeHolder: 'What is there now becomes a backup',
      matchOnDescription: true,
      matchOnDetail: true,
    },
  );
  if (!picked) return;
  const andRestart = await askToRestart(
    active,
    'Restore',
    'Restore the certificate while the server runs?',
    'The server goes on serving the present one until it is restarted.',
  );
  if (andRestart === undefined) return;
  const result = await restore(workspace, { backup: picked.name, ask: askPassphrase });
  const former = describeFormerTrust(result.formerTrust, !result.facts.selfSigned);
  const message = describeRestored(result, workspace.workspace, former);
  await tellAndServe(context, active, andRestart, message, ...(former ? [former.button] : []));
};
