import { commands, Disposable, workspace } from 'vscode';
import { COMMANDS, TERMINAL_COMMAND, type CommandId } from './model/command-ids.ts';
import type { CommandContext } from './commands/command-context.ts';
import { beginAct } from './window/plain-window.ts';
import { typeInTerminal } from './window/terminal.ts';

/** Registers every command. What one throws is told to the user, not left to VS Code. */
export function registerCommands(context: CommandContext): Disposable {
  // Object.keys returns plain strings.
  const ids = Object.keys(COMMANDS) as CommandId[];
  return Disposable.from(
    commands.registerCommand(TERMINAL_COMMAND, (line: unknown) => {
      try {
        // Only our own buttons use it, and none is shown without trust.
        if (workspace.isTrusted) typeInTerminal(line);
      } catch (error) {
        context.notifier.report(error);
      }
    }),
    ...ids.map((id) =>
      commands.registerCommand(id, async (argument: unknown) => {
        beginAct();
        // VS Code lets a command be run in any workspace; what it does is for trusted ones.
        const work = workspace.isTrusted ? carryOut(id, context, argument) : offerTrust(context);
        await work.catch(context.notifier.report);
      }),
    ),
  );
}

/** Loads the code of the commands with the first one: a window that only shows a status has none of it. */
async function carryOut(id: CommandId, context: CommandContext, argument: unknown): Promise<void> {
  const { HANDLERS } = await import('./command-handlers.ts');
  await HANDLERS[id](context, argument);
}

async function offerTrust({ session }: CommandContext): Promise<void> {
  await session.require();
}
