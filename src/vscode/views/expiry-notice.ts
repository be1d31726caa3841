import type { Disposable, Memento } from 'vscode';
import { ours, type Button } from '../model/actions.ts';
import { findExpiryMessage } from '../model/messages/expiry-message.ts';
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
    const isStillTrue = (): boolean =>
      findExpiryMessage(active.server.snapshot, Date.now())?.id === due.id;
    const { advice = '', button } = chooseNext(active);
    void notifier.remind(`${due.message}${advice}`, isStillTrue, button);
  };
  look();
  return session.onDidChange(look);
}

/** What the user can do about it: renew, or import another where it was not made here. */
function chooseNext({ server }: ActiveFolder): {
  readonly advice?: string;
  readonly button: Button;
} {
  switch (server.snapshot.renewal?.source.kind) {
    case 'own-authority':
    case 'self-signed':
      return { button: ours('chromaTls.generateCertificate', 'Renew') };
    case 'acme':
    case 'certbot':
    case 'acm':
      return { button: ours('chromaTls.renewCertificate', 'Renew') };
    case 'imported':
    case undefined:
      return {
        advice: ' Get a new one where it came from.',
        button: ours('chromaTls.importCertificate'),
      };
  }
}
