import type { WorkspaceFolder } from 'vscode';
import type { Server } from '../../chroma/server/server.ts';
import { wasSaidInTerminal } from '../../project/bearer-token.ts';
import { cancellation } from '../../system/errors.ts';
import { couldOpen } from '../model/access.ts';
import { readChosenSettings, writeSetting } from './configuration.ts';
import { ask } from './plain-window.ts';

interface Startable {
  readonly folder: WorkspaceFolder;
  readonly server: Server;
}

/** Whether a start by the settings would open a server that was started with a token. */
export async function losesToken(
  { folder, server }: Startable,
  kind: 'start' | 'restart',
): Promise<boolean> {
  if (readChosenSettings(folder).has('token')) return false;
  const isSaid = await wasSaidInTerminal(server.environment.workspace);
  return couldOpen(kind, server.snapshot, server.settings.runtime, isSaid);
}

/**
 * Asks before such a start. Keeping the token sets it for this folder, so the question does not come
 * again.
 *
 * @throws AbortError when the user does not answer
 */
export async function askAboutToken(folder: WorkspaceFolder): Promise<void> {
  const keep = 'Keep Token';
  const open = 'Start without Token';
  const answer = await ask(
    'Start Chroma without its token?',
    'Its last start had it ask its clients for a token, and chromaTls.token is not set here. Without the token it answers every client that reaches it.',
    keep,
    open,
  );
  if (answer === open) return;
  if (answer !== keep) throw cancellation();
  await writeSetting(folder, 'token', 'generated');
}
