import type { CommandHandler } from './command-context.ts';

/** Shows what the server says. */
export const showLogs: CommandHandler = async ({ session, serverLog }) => {
  const active = await session.require();
  if (active) await serverLog.show(active.server);
};
