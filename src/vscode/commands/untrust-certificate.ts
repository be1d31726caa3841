import { describeRemains } from '../../certificates/trust/trust-state.ts';
import { toButton } from '../model/actions.ts';
import type { CommandHandler } from './command-context.ts';
import { changeTrust, listStores } from './change-trust.ts';
import { locateCertificates } from '../session/locate-certificates.ts';

/** Removes the folder's authority, and former ones of it, from every store of this machine. */
export const untrustCertificate: CommandHandler = async (context) => {
  const { notifier, session } = context;
  const active = await session.require();
  if (!active) return;
  const { removeTrust } = await import('../../certificates/trust/change-trust.ts');
  const result = await changeTrust(context, active, 'Removing the trust', removeTrust);
  const { windowsSide } = await import('../../certificates/trust/stores/wsl.ts');
  const windows = await windowsSide(await locateCertificates(active));
  const buttons = windows
    ? [toButton({ terminal: windows.untrust, label: 'Remove in Windows Too' })]
    : [];
  // What the stores themselves say now, not what was done to them.
  const failed = new Set(result.failed.map(({ store }) => store.id));
  const now = active.server.snapshot.trust ?? [];
  const remains = describeRemains(now.filter(({ id }) => !failed.has(id)));
  const told = [
    ...(result.changed.length > 0 ? [`Not trusted any more by ${listStores(result)}.`] : []),
    ...(remains === '' ? [] : [remains]),
  ];
  if (told.length > 0) void notifier.inform(told.join(' '), ...buttons);
  else if (failed.size === 0) {
    void notifier.inform('No store of this machine trusts this authority.', ...buttons);
  }
};
