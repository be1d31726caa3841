import type { Notifier } from '../notify.ts';
import type { PassPhrases } from '../pass-phrases.ts';
import type { ServerLog } from '../server-log.ts';
import type { Session } from '../session.ts';
import type { Starts } from '../starts.ts';

/** What the commands work with. */
export interface CommandContext {
  readonly session: Session;
  readonly notifier: Notifier;
  readonly serverLog: ServerLog;
  readonly starts: Starts;
  readonly passPhrases: PassPhrases;
}

/** One command's work; the argument comes from one of our own buttons, or is a tree node. */
export type CommandHandler = (context: CommandContext, argument: unknown) => Promise<void>;
