import { testConnection as testAsClient } from '../../workspace/test-connection.ts';
import { ours } from '../model/actions.ts';
import { describeConnection } from '../model/connection-message.ts';
import { runCancellable } from '../window/cancellable.ts';
import type { CommandHandler } from './command-context.ts';

/** Reaches the server as a client does, and says what that was like. */
export const testConnection: CommandHandler = async ({ session, notifier }) => {
  const active = await session.require();
  if (!active) return;
  const context = await active.open();
  const found = await runCancellable('Testing the connection', ({ signal }) =>
    testAsClient(context, signal),
  );
  const { environment } = active.server;
  const { address, cipher, fingerprint256, connectMs } = found;
  environment.log(
    `${describeConnection(found)} Address ${address}, ${cipher}, certificate SHA-256 ${fingerprint256}, ${connectMs} ms from the look-up of the name to the first answer.`,
  );
  // Not awaited: the message may stay, but the test is over.
  void notifier.inform(describeConnection(found), ours('chromaTls.copyEndpoint'));
};
