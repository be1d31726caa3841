import { restore } from '../../workspace/restore.ts';
import { ours } from '../model/actions.ts';
import { askPassphrase } from '../window/ask-passphrase.ts';
import { describeBackup } from '../model/backup-item.ts';
import { describeFormerTrust, describeRestored } from '../model/certificate-message.ts';
import { chooseNextStep, needsRestart } from '../model/next-step.ts';
import { ask, showQuickPick } from '../window/plain-window.ts';
import type { CommandHandler } from './command-context.ts';
import { bringUp, isBusy } from './start-server.ts';

const AND_RESTART = 'Restore and Restart';
const ONLY = 'Restore Only';

/** Puts a backup of the certificate back in place; what is there becomes a backup itself. */
export const restoreCertificate: CommandHandler = async (context) => {
  const active = await context.session.require();
  if (!active || isBusy(context, active)) return;
  const workspace = await active.open();
  // Loaded only now: reading a backup brings libraries that nothing else needs.
  const { listBackups } = await import('../../certificates/folder/backups.ts');
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
      title: 'Restore Previous',
      placeHolder: 'What is there now becomes a backup',
      matchOnDescription: true,
      matchOnDetail: true,
    },
  );
  if (!picked) return;
  const andRestart = needsRestart(active.server.snapshot) && (await askToRestart());
  if (andRestart === undefined) return;
  const result = await restore(workspace, { backup: picked.name, ask: askPassphrase });
  const former = describeFormerTrust(result.formerTrust, !result.facts.selfSigned);
  const message = describeRestored(result, workspace.workspace, former);
  const again = former ? [former.button] : [];
  if (andRestart) {
    void context.notifier.inform(message, ...again);
    await bringUp(context, active, 'restart');
  } else {
    // Not awaited: the message may stay, but the certificate is there.
    void context.notifier.inform(message, ...again, ...chooseNextStep(active.server.snapshot));
  }
};

/** Yes, no, or undefined for "leave everything as it is". */
async function askToRestart(): Promise<boolean | undefined> {
  const answer = await ask(
    'Restore the certificate while the server runs?',
    'The server goes on serving the present one until it is restarted.',
    AND_RESTART,
    ONLY,
  );
  return answer === undefined ? undefined : answer === AND_RESTART;
}
