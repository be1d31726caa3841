import type { CommandHandler } from './command-context.ts';

/** Shows what the server says, or what is known of a start that brought up none. */
export const showLogs: CommandHandler = async ({ session, serverLog, notifier }) => {
  const active = await session.require();
  if (!active) return;
  const { observation, failure } = active.server.snapshot;
  const isOurs =
    observation.kind === 'none' &&
    failure?.problem.details !== undefined &&
    failure.lastLog.length === 0;
  if (isOurs) notifier.showLog();
  else await serverLog.show(active.server);
};
