import { Uri, window, workspace } from 'vscode';
import type { ComposeProposal } from '../../compose/proposal.ts';
import { ExplainedError } from '../../system/errors.ts';
import type { WorkspaceContext } from '../../workspace/context.ts';
import { proposeCompose, writeCompose, type ComposeWishes } from '../../workspace/write-compose.ts';
import { ours, readArgument } from '../model/actions.ts';
import { listComposeChoices } from '../model/compose-choice.ts';
import { runCancellable } from '../window/cancellable.ts';
import type { ComposeDecision } from '../window/compose-review.ts';
import { readChosenSettings } from '../window/configuration.ts';
import { showBriefly, showQuickPick } from '../window/plain-window.ts';
import type { CommandContext, CommandHandler } from './command-context.ts';

/** How long (ms) it is said why there is another diff. */
const TOLD = 10_000;

/** Writes a Compose file; into one that is there only after its changes were seen and agreed to. */
export const createComposeFile: CommandHandler = async (context, argument) => {
  const active = await context.session.require();
  if (!active) return;
  const { separate } = readArgument(argument);
  const chosen = readChosenSettings(active.folder);
  const picked = await pick(await active.open(), { chosen, ...(separate ? { separate } : {}) });
  if (!picked) return;
  const agreed = await agreeTo(
    context,
    picked,
    await proposeCompose(picked.context, picked.wishes),
  );
  if (!agreed) return;
  // Under a progress, because the certificate that goes with the file may take an image to make.
  const { certificateMade } = await runCancellable(`Writing ${agreed.name}`, ({ signal }) =>
    writeCompose(picked.context, agreed, signal),
  );
  tellWritten(context, agreed, certificateMade);
  await window.showTextDocument(Uri.file(agreed.file), { preview: false });
};

/** A button in the title bar of the diff. */
export const decideOn =
  (decision: ComposeDecision): CommandHandler =>
  ({ composeReview }) => {
    composeReview.decide(decision);
    return Promise.resolve();
  };

interface Picked {
  /** With the TLS termination that was picked among its settings. */
  readonly context: WorkspaceContext;
  readonly wishes: ComposeWishes;
}

/** Asks who ends TLS and whether clients present a token; undefined when nothing was picked. */
async function pick(context: WorkspaceContext, wishes: ComposeWishes): Promise<Picked | undefined> {
  const { plan, name } = await proposeCompose(context, wishes);
  const { settings } = context;
  const picked = await showQuickPick(listComposeChoices(plan, settings.tlsTermination), {
    title: `Create Docker Compose File (${name})`,
    placeHolder: `Who ends TLS for ${plan.image}`,
  });
  if (!picked) return undefined;
  const { tls, bearerToken } = picked;
  return {
    context: { ...context, settings: { ...settings, tlsTermination: tls } },
    wishes: { ...wishes, bearerToken },
  };
}

/** The proposal a user agrees to: this one, or the one for a file of its own. */
async function agreeTo(
  commandContext: CommandContext,
  { context, wishes }: Picked,
  proposal: ComposeProposal,
): Promise<ComposeProposal | undefined> {
  const { name, before, after } = proposal;
  if (before === undefined || before === after) return proposal;
  refuseUnsaved(proposal);
  const decision = await commandContext.composeReview.ask(proposal);
  if (decision === 'discard') return undefined;
  const asked = decision === 'separate' ? { ...wishes, separate: true } : wishes;
  // Asked again in any case: the file, or what Compose reads with it, may have changed meanwhile.
  const now = await proposeCompose(context, asked);
  const isSame = now.before === before && now.after === after;
  if (decision === 'apply' && isSame) {
    refuseUnsaved(now);
    return now;
  }
  if (decision === 'apply') showBriefly(`${name} has changed; see the new diff`, TOLD);
  return agreeTo(commandContext, { context, wishes: asked }, now);
}

function refuseUnsaved({ name, file }: ComposeProposal): void {
  const open = workspace.textDocuments.find(({ uri }) => uri.fsPath === file);
  if (!open?.isDirty) return;
  throw new ExplainedError({
    code: 'compose-unsaved',
    what: `${name} has changes that are not saved.`,
    next: 'Save the file, then create the Compose file again.',
    action: 'createComposeFile',
  });
}

function tellWritten(
  { notifier }: CommandContext,
  { name, before, after, plan, notes }: ComposeProposal,
  certificateMade: boolean,
): void {
  const parts = [
    before === after ? `${name} has it all already.` : `Wrote ${name}.`,
    // Where there was a file, they were read before it was changed.
    ...(before === undefined ? notes : []),
    ...(certificateMade ? ['Made a certificate for it.'] : []),
    ...(plan.bearerToken ? ['Clients present CHROMA_TOKEN from .env as bearer token.'] : []),
  ];
  // Not awaited: the message may stay, but the file is written.
  void notifier.inform(parts.join(' '), ours('chromaTls.startServer'));
}
