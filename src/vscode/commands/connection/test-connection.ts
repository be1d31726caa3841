import { ProgressLocation } from 'vscode';
import { testConnection as testAsClient } from '../../../workspace/test-connection.ts';
import { ours } from '../../model/actions.ts';
import { describeConnection } from '../../model/messages/connection-message.ts';
import { noteConnected } from '../../views/context-keys.ts';
import { withProgress } from '../../window/plain-window.ts';
import type { CommandHandler } from '../command-context.ts';

/** Reaches the server as a client does, and says what that was like. */
export const testConnection: CommandHandler = async ({ session, notifier }) => {
  const active = await session.require();
  if (!active) return;
  const context = await active.open();
  // In the status bar: it ends in seconds, and its result is a notification.
  const options = { location: ProgressLocation.Window, title: 'Testing the connection' };
  const found = await withProgress(options, () => testAsClient(context));
  noteConnected();
  const { environment } = active.server;
  const { address, cipher, fingerprint256, connectMs } = found;
  environment.log(
    `${describeConnection(found)} Address ${address}, ${cipher}, certificate SHA-256 ${fingerprint256}, ${connectMs} ms from the look-up of the name to the first answer.`,
  );
  // Not awaited: the message may stay, but the test is over.
  void notifier.inform(describeConnection(found), ours('chromaTls.copyEndpoint'));
};
