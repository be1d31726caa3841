import type { Server } from '../../chroma/server/server.ts';
import type { ComposeReview } from '../window/compose-review.ts';
import type { Notifier } from '../window/notify.ts';
import type { Passphrases } from '../window/passphrases.ts';
import type { ServerLog } from '../session/server-log.ts';
import type { Session } from '../session/session.ts';
import type { Starts } from '../session/starts.ts';

/** What the commands work with. */
export interface CommandContext {
  readonly session: Session;
  readonly notifier: Notifier;
  readonly serverLog: ServerLog<Server>;
  readonly starts: Starts;
  readonly composeReview: ComposeReview;
  readonly passphrases: Passphrases;
  /** Where our bundles lie. */
  readonly distFolder: string;
}

/** One command's work; the argument comes from one of our own buttons, or is a tree node. */
export type CommandHandler = (context: CommandContext, argument: unknown) => Promise<void>;
