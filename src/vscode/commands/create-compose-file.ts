import { Uri, window, workspace } from 'vscode';
import { inquire } from '../../compose/inquiry.ts';
import { SEPARATE_COMPOSE_FILE } from '../../containers/compose/project-files.ts';
import type {
  ComposeProposal,
  ComposeRequest,
  ComposeResult,
} from '../../compose/create-compose-file.ts';
import { ExplainedError } from '../../system/errors.ts';
import { ours, readArgument } from '../model/actions.ts';
import { listComposeChoices } from '../model/compose-choice.ts';
import { runCancellable } from '../window/cancellable.ts';
import { showComposeDiff } from '../window/compose-diff.ts';
import { readChosenSettings, readConfiguration } from '../window/configuration.ts';
import { showMessage, showQuickPick } from '../window/plain-window.ts';
import type { CommandContext, CommandHandler } from './command-context.ts';

const APPLY = 'Apply';
const SEPARATE = `Write ${SEPARATE_COMPOSE_FILE}`;
const CANCEL = 'Cancel';

/** Writes a Compose file; into one that is there only after its changes were seen and agreed to. */
export const createComposeFile: CommandHandler = async (context, argument) => {
  const active = await context.session.require();
  if (!active) return;
  const { separate } = readArgument(argument);
  const settings = readConfiguration(active.folder);
  const request = await completeRequest({
    workspace: active.folder.uri.fsPath,
    settings,
    chosen: readChosenSettings(active.folder),
    ...inquire(settings.containerCommand, active.folder.uri.fsPath),
    ...(separate ? { separate } : {}),
  });
  if (!request) return;
  const agreed = await agreeTo(await propose(request));
  if (!agreed) return;
  const { certificateMade } = await write(agreed);
  await active.server.refreshProject();
  tellWritten(context, agreed, certificateMade);
  await window.showTextDocument(Uri.file(agreed.file), { preview: false });
};

/** Asks who ends TLS and whether clients present a token; undefined when nothing was picked. */
async function completeRequest(request: ComposeRequest): Promise<ComposeRequest | undefined> {
  const { plan, name } = await propose(request);
  const { settings } = request;
  const picked = await showQuickPick(listComposeChoices(plan, settings.tlsTermination), {
    title: `Create Docker Compose File (${name})`,
    placeHolder: `Who ends TLS for ${plan.image}`,
  });
  if (!picked) return undefined;
  const { tls, bearerToken } = picked;
  return { ...request, bearerToken, settings: { ...settings, tlsTermination: tls } };
}

async function propose(request: ComposeRequest): Promise<ComposeProposal> {
  // Loaded only now: it brings a YAML library that nothing else needs.
  const { proposeComposeFile } = await import('../../compose/create-compose-file.ts');
  return proposeComposeFile(request);
}

/** The proposal a user agrees to: this one, or the one for a file of its own. */
async function agreeTo(proposal: ComposeProposal): Promise<ComposeProposal | undefined> {
  const { name, before, after, request, notes } = proposal;
  if (before === undefined || before === after) return proposal;
  refuseUnsaved(proposal);
  const shown = await showComposeDiff(proposal);
  const answer = await showMessage(
    'information',
    [`Put Chroma into ${name}?`, ...notes, 'No other service in it is changed.'].join(' '),
    APPLY,
    ...(request.separate === true ? [] : [SEPARATE]),
    CANCEL,
  );
  shown.dispose();
  if (answer === APPLY) return proposal;
  if (answer !== SEPARATE) return undefined;
  return agreeTo(await propose({ ...request, separate: true }));
}

/** Under a progress, because the certificate that goes with the file may take an image to make. */
async function write(proposal: ComposeProposal): Promise<ComposeResult> {
  const { writeComposeFile } = await import('../../compose/create-compose-file.ts');
  return runCancellable(`Writing ${proposal.name}`, ({ signal }) =>
    writeComposeFile(proposal, signal),
  );
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
