import { Disposable, window } from 'vscode';
import { fingerprintOf } from '../../chroma/status/reduce-snapshot.ts';
import type { Session } from '../session/session.ts';
import { TERMINAL_NAME } from '../window/terminal.ts';
import type { ServerView } from './tree.ts';

/**
 * Reads the trust stores when a user looks: when the view becomes visible, when it shows another
 * certificate, and after a line of ours ran in a terminal. A hidden view asks nothing.
 *
 * @param failed hears why a reading failed
 */
export function watchTrust(
  session: Session,
  view: ServerView,
  failed: (error: unknown) => void,
): Disposable {
  // The last one asked about, so that a failed reading is not repeated with every heartbeat.
  let asked: string | undefined;
  const ask = (): void => {
    const subject = findSubject(session);
    if (!view.visible || subject === undefined) return;
    asked = subject;
    session.active?.server.refreshTrust().catch(failed);
  };
  const askAfter = (name: string): void => {
    if (name === TERMINAL_NAME) ask();
  };
  ask();
  return Disposable.from(
    view.onDidChangeVisibility(ask),
    session.onDidChange(() => {
      if (findSubject(session) !== asked) ask();
    }),
    window.onDidEndTerminalShellExecution(({ terminal }) => {
      askAfter(terminal.name);
    }),
    window.onDidCloseTerminal(({ name }) => {
      askAfter(name);
    }),
  );
}

/** The folder and its certificate; undefined while there is none to ask about. */
function findSubject({ active }: Session): string | undefined {
  const fingerprint = active && fingerprintOf(active.server.snapshot);
  return fingerprint && `${active.folder.uri.toString()} ${fingerprint}`;
}
