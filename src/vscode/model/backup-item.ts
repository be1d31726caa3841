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
  switch (state.kind) {
    case 'present': {
      const { names, issuerName, selfSigned, notAfter, keyEncrypted } = state.facts;
      const signer = selfSigned ? 'Signed by itself' : `Signed by ${issuerName}`;
      const lock = keyEncrypted ? '. Its key has a passphrase' : '';
      return {
        name,
        icon: 'history',
        label,
        description: names.join(', '),
        detail: `${signer}. ${describeExpiry(notAfter, now)}${lock}`,
      };
    }
    case 'broken': {
      const [problem] = state.problems;
      const detail = `It cannot be restored. ${problem?.message ?? ''}`.trim();
      return { name, icon: 'warning', label, description: name, detail };
    }
    case 'none': {
      const detail = 'It cannot be restored. There is no certificate in it.';
      return { name, icon: 'warning', label, description: name, detail };
    }
  }
}
