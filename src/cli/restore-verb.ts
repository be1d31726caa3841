import { listBackups, type Backup } from '../certificates/folder/backups.ts';
import { explainLocked } from '../certificates/encoding/key-file.ts';
import { describeExpiry } from '../certificates/inspect/expiry.ts';
import { explainNotWhole } from '../certificates/restore-backup.ts';
import { restore as restoreBackup } from '../workspace/restore.ts';
import { open, say, sayAftercare, sayCertificate, type CliContext } from './verbs.ts';

/** Brings a backup of the certificate back, or lists what there is. */
export async function restore(context: CliContext): Promise<number> {
  const { options } = context;
  const workspace = await open(context);
  if (options.list) {
    const backups = await listBackups(workspace.certificatesFolder);
    if (backups.length === 0) say('There is no backup yet.');
    for (const backup of backups) say(describeBackup(backup, Date.now()));
    return 0;
  }
  const result = await restoreBackup(workspace, {
    backup: options.backup,
    ask: ({ file }) =>
      Promise.reject(explainLocked(`${file} has a passphrase that is not known here.`)),
  });
  say(`Restored ${result.files.certificate}`);
  sayCertificate(result.facts);
  sayAftercare(result, !result.facts.selfSigned);
  return 0;
}

/** A backup in a line. Pure. */
function describeBackup(backup: Backup, now: number): string {
  const { name, state } = backup;
  const why = explainNotWhole(backup);
  if (state.kind !== 'present') return `${name}  cannot be brought back. ${why ?? ''}`.trim();
  const { names, issuerName, selfSigned, notAfter } = state.facts;
  const issuer = selfSigned ? 'itself' : issuerName;
  return `${name}  ${names.join(', ')}; signed by ${issuer}; ${describeExpiry(notAfter, now)}`;
}
