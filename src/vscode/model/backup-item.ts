import type { Backup } from '../../certificates/folder/backups.ts';
import { describeExpiry } from '../../certificates/inspect/expiry.ts';

/** A backup as a user picks it from a list. */
export interface BackupItem {
  /** The name of its folder. */
  readonly name: string;
  readonly icon: string;
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

/**
 * When a backup was made, which certificate is in it, and how long that is valid. Pure.
 *
 * @param now milliseconds since 1970
 */
export function describeBackup({ name, date, state }: Backup, now: number): BackupItem {
  const label = date.toLocaleString();
  if (state.kind === 'present') {
    const { names, issuerName, selfSigned, notAfter, keyEncrypted } = state.facts;
    const signer = selfSigned ? 'Signed by itself' : `Signed by ${issuerName}`;
    const lock = keyEncrypted ? '. Its key has a passphrase' : '';
    const detail = `${signer}. ${describeExpiry(notAfter, now)}${lock}`;
    return { name, icon: 'history', label, description: names.join(', '), detail };
  }
  const why =
    state.kind === 'none' ? 'There is no certificate in it.' : (state.problems[0]?.what ?? '');
  const detail = `It cannot be restored. ${why}`.trim();
  return { name, icon: 'warning', label, description: name, detail };
}
