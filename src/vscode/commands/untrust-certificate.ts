import { describeStillTrusted, untrust } from '../../workspace/trust.ts';
import { toButton } from '../model/actions.ts';
import { changeTrust, listStores } from './trust-progress.ts';
import type { CommandHandler } from './command-context.ts';

/** Removes the folder's authority, and former ones of it, from every store of this machine. */
export const untrustCertificate: CommandHandler = async ({ notifier, session }) => {
  const active = await session.require();
  if (!active) return;
  const workspace = await active.open();
  const result = await changeTrust(notifier, 'Removing the trust', (options) =>
    untrust(workspace, options),
  );
  const { windows } = result;
  const buttons =
    windows === undefined ? [] : [toButton({ terminal: windows, label: 'Remove in Windows Too' })];
  // What the stores themselves say now, not what was done to them.
  const remains = describeStillTrusted(result);
  const told = [
    ...(result.changed.length > 0 ? [`Not trusted any more by ${listStores(result)}.`] : []),
    ...(remains === '' ? [] : [remains]),
  ];
  if (told.length > 0) void notifier.inform(told.join(' '), ...buttons);
  else if (result.failed.length === 0) {
    void notifier.inform('No store of this machine trusts this authority.', ...buttons);
  }
};
