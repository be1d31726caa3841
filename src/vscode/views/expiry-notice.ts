import type { Disposable, Memento } from 'vscode';
import { ours } from '../model/actions.ts';
import { findExpiryMessage } from '../model/expiry-message.ts';
import type { ActiveFolder, Session } from '../session/session.ts';
import type { Notifier } from '../window/notify.ts';

/** Where the workspace's memory keeps what was said. */
const SAID = 'chromaTls.expiryNotices';
/** How many messages are remembered. */
const MEMORY = 50;

/** Tells the user once when the certificate reaches its last 30 days, its last 7, and its end. */
export function watchExpiry(session: Session, notifier: Notifier, memory: Memento): Disposable {
  const look = (): void => {
    const { active } = session;
    const due = active && findExpiryMessage(active.server.snapshot, Date.now());
    if (!due) return;
    const said = memory.get<readonly string[]>(SAID, []);
    if (said.includes(due.id)) return;
    void memory.update(SAID, [...said, due.id].slice(-MEMORY));
    tell(active, due.message, notifier).catch(notifier.report);
  };
  look();
  return session.onDidChange(look);
}

async function tell(active: ActiveFolder, message: string, notifier: Notifier): Promise<void> {
  switch (active.server.snapshot.renewal?.source.kind) {
    case 'own-authority':
    case 'self-signed':
      await notifier.warn(message, ours('chromaTls.generateCertificate', 'Renew'));
      return;
    case 'acme':
    case 'certbot':
    case 'acm':
      await notifier.warn(message, ours('chromaTls.renewCertificate', 'Renew'));
      return;
    case 'imported':
    case undefined: {
      const advice = 'It was not made here: get a new one where it came from.';
      await notifier.warn(`${message} ${advice}`, ours('chromaTls.importCertificate'));
    }
  }
}
