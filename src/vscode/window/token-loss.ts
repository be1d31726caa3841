import type { WorkspaceFolder } from 'vscode';
import type { Server } from '../../chroma/server/server.ts';
import { wasSaidInTerminal } from '../../project/bearer-token.ts';
import { cancellation } from '../../system/errors.ts';
import { readChosenSettings, writeSetting } from './configuration.ts';
import { ask } from './plain-window.ts';

interface Startable {
  readonly folder: WorkspaceFolder;
  readonly server: Server;
}

/** Whether a start by the settings would open a server that a terminal had ask for a token. */
export async function losesToken({ folder, server }: Startable): Promise<boolean> {
  return (
    !readChosenSettings(folder).has('token') &&
    (await wasSaidInTerminal(server.environment.workspace))
  );
}

/**
 * Asks before such a start. Keeping the token sets it for this folder, so the question does not come
 * again.
 *
 * @throws AbortError when the user does not answer
 */
export async function askAboutToken(active: Startable): Promise<void> {
  if (!(await losesToken(active))) return;
  const keep = 'Keep Token';
  const open = 'Start without Token';
  const answer = await ask(
    'Start Chroma without its token?',
    'A terminal had the server ask its clients for a token, and chromaTls.token is not set here. Without the token it answers every client that reaches it.',
    keep,
    open,
  );
  if (answer === open) return;
  if (answer !== keep) throw cancellation();
  await writeSetting(active.folder, 'token', 'generated');
}
