import type { Disposable } from 'vscode';
import { findAccessChange } from '../model/access.ts';
import { ours } from '../model/actions.ts';
import type { Session } from '../session/session.ts';
import type { Notifier } from '../window/notify.ts';

/** Offers a restart once the settings say something else of who may ask than the server that runs. */
export function watchAccess(session: Session, notifier: Notifier): Disposable {
  let told: string | undefined;
  return session.onDidChange(() => {
    const { active } = session;
    if (!active || active.server.snapshot.operation) return;
    const change = findAccessChange(active.server.snapshot);
    const subject = change && `${active.folder.uri.toString()} ${change}`;
    if (subject === told) return;
    told = subject;
    if (change === undefined) return;
    const isStillTrue = (): boolean =>
      session.active === active && findAccessChange(active.server.snapshot) === change;
    void notifier.remind(change, isStillTrue, ours('chromaTls.restartServer'));
  });
}
