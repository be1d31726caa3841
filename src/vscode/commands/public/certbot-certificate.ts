import { join } from 'node:path';
import { window } from 'vscode';
import { findCertbot } from '../../../certificates/public/certbot/certbot-program.ts';
import { describeLineage } from '../../../certificates/public/certbot/describe-lineage.ts';
import { ExplainedError, cancellation, type Problem } from '../../../system/errors.ts';
import {
  adoptLineage,
  listLineages,
  type Adopted,
  type Adoption,
} from '../../../workspace/public/adopt-lineage.ts';
import { planRequest, requestByCertbot } from '../../../workspace/public/certbot.ts';
import { readSmallFile } from '../../../system/files/replace-file.ts';
import type { WorkspaceContext } from '../../../workspace/context.ts';
import { toButton } from '../../model/actions.ts';
import { describeAdopted, describeFormerTrust } from '../../model/messages/certificate-message.ts';
import { COMMANDS } from '../../model/command-ids.ts';
import { chooseNextStep } from '../../model/next-step.ts';
import type { ActiveFolder } from '../../session/session.ts';
import { runCancellable } from '../../window/cancellable.ts';
import { ask, showQuickPick, type PlainItem } from '../../window/plain-window.ts';
import { agreeToTerms } from './agree-to-terms.ts';
import type { CommandContext, CommandHandler } from '../command-context.ts';
import { readRoots } from './directory-questions.ts';
import { confirmWarnings } from '../certificate/import-certificate.ts';
import { askForRequest, type RequestedCertificate } from './request-questions.ts';
import { isBusy } from '../bring-up.ts';

const TITLE = COMMANDS['chromaTls.certbotCertificate'].title;
const RUN = 'Run certbot';
const CHOOSE_ROOT = 'Choose the Root Certificate';

/** Takes a certificate that certbot keeps and renews, or has certbot request one. */
export const certbotCertificate: CommandHandler = async (context) => {
  const active = await context.session.require();
  if (!active || isBusy(context, active)) return;
  const workspace = await active.open();
  const lineage = await chooseLineage();
  const adopted =
    lineage === undefined
      ? await request(context, workspace)
      : await adopt(context, workspace, lineage);
  tellAdopted(context, active, adopted);
};

/** @returns the name of a lineage; undefined for a new one */
async function chooseLineage(): Promise<string | undefined> {
  const now = Date.now();
  const items: readonly (PlainItem & { readonly lineage?: string })[] = [
    {
      label: 'Request a Certificate by certbot',
      icon: 'organization',
      detail: 'You answer a few questions, and see the command before it runs.',
    },
    ...(await listLineages(undefined)).map((lineage) => ({
      label: lineage.name,
      icon: 'problem' in lineage ? 'warning' : 'verified',
      detail: describeLineage(lineage, now),
      lineage: lineage.name,
    })),
  ];
  const picked = await showQuickPick(items, {
    title: TITLE,
    placeHolder: 'One that certbot keeps goes on being renewed by certbot',
    matchOnDetail: true,
  });
  if (!picked) throw cancellation();
  return picked.lineage;
}

/** @param roots PEM of what it may stand on besides the public ones, once a user has named it */
async function adopt(
  context: CommandContext,
  workspace: WorkspaceContext,
  lineage: string,
  roots?: string,
): Promise<Adopted> {
  try {
    return await runCancellable('Taking certbot’s certificate', ({ signal }) =>
      adoptLineage(workspace, lineage, {
        ...adoption(context, workspace),
        signal,
        configFolder: undefined,
        roots,
      }),
    );
  } catch (error) {
    if (!(error instanceof ExplainedError) || error.code !== 'root-unknown') throw error;
    return adopt(context, workspace, lineage, await askForRoots(error.problem));
  }
}

/** @throws AbortError where a user has none */
async function askForRoots({ what, why = '' }: Problem): Promise<string> {
  for (let detail = why; ;) {
    if ((await ask(what, detail, CHOOSE_ROOT)) !== CHOOSE_ROOT) throw cancellation();
    const [file] = (await window.showOpenDialog({ title: CHOOSE_ROOT, openLabel: 'Choose' })) ?? [];
    if (!file) throw cancellation();
    const roots = readRoots((await readSmallFile(file.fsPath)).toString('utf8'));
    if (roots !== undefined) return roots;
    detail = `${file.fsPath} holds no certificate in PEM.`;
  }
}

async function request(context: CommandContext, workspace: WorkspaceContext): Promise<Adopted> {
  // Before a user has answered all the questions.
  await findCertbot();
  const requested = await askForRequest({
    title: TITLE,
    domain: workspace.domain,
    proofs: ['listener', 'webroot', 'dns-hook'],
  });
  refuseBinding(requested);
  if (requested.terms !== undefined) await agreeToTerms(requested.terms);
  const plan = await planRequest(workspace, requested.source, {
    agreeToTerms: true,
    configFolder: undefined,
  });
  const details = [plan.line, ...plan.notes].join('\n\n');
  const answer = await ask(`Run certbot ${plan.certbot.version}?`, details, RUN);
  if (answer !== RUN) throw cancellation();
  return runCancellable(
    'certbot requests the certificate',
    ({ signal, report }) =>
      requestByCertbot(workspace, plan, { ...adoption(context, workspace), signal, report }),
    { log: workspace.server.environment.log },
  );
}

/** Its key would stand on certbot's command line, where every user of the machine can read it. */
function refuseBinding({ eab }: RequestedCertificate): void {
  if (!eab) return;
  throw new ExplainedError({
    code: 'certbot-binding',
    what: 'certbot was not run with the key of your account.',
    why: 'Every user of this machine could read the key on its command line.',
    next: 'Use Request Certificate (ACME), which keeps it secret.',
  });
}

function adoption(
  { distFolder }: CommandContext,
  { domain }: WorkspaceContext,
): Pick<Adoption, 'terminal' | 'confirm'> {
  return {
    terminal: { node: process.execPath, cli: join(distFolder, 'cli.js') },
    confirm: ({ warnings }) =>
      confirmWarnings(
        warnings.map(({ what }) => what),
        domain,
      ),
  };
}

function tellAdopted({ notifier }: CommandContext, active: ActiveFolder, result: Adopted): void {
  const { hook } = result;
  const former = describeFormerTrust(result.formerTrust, result.plan.bringsAuthority);
  // Not awaited: the message may stay, but the certificate is there.
  void notifier.inform(
    describeAdopted(result, former),
    ...(hook.kind === 'by-hand'
      ? [toButton({ terminal: hook.line, label: 'Place the Hook' })]
      : []),
    ...(former ? [former.button] : []),
    ...chooseNextStep(active.server.snapshot),
  );
}
