import { window } from 'vscode';
import { cancellation, explain, type ExplainedError } from '../../../system/errors.ts';
import { importCertificate as importFiles } from '../../../workspace/import.ts';
import { ours } from '../../model/actions.ts';
import { describeFormerTrust, describeImported } from '../../model/messages/certificate-message.ts';
import { chooseNextStep } from '../../model/next-step.ts';
import { askNewPassphrase, askPassphrase } from '../../window/ask-passphrase.ts';
import { ask, showQuickPick, type PlainItem } from '../../window/plain-window.ts';
import type { CommandHandler } from '../command-context.ts';
import { isBusy } from '../bring-up.ts';

const TITLE = 'Import Certificate';
const MORE_FILES = 'Select More Files';
const ANYWAY = 'Import Anyway';

/** Puts a certificate and key that the user has in the place of the folder's own. */
export const importCertificate: CommandHandler = async (context) => {
  const active = await context.session.require();
  if (!active || isBusy(context, active)) return;
  const workspace = await active.open();
  const result = await importFiles(workspace, {
    chooseFiles: async (lacking) => {
      if (lacking) await offerMoreFiles(lacking);
      return pickFiles();
    },
    askPassphrase,
    confirmWarnings: ({ warnings }) =>
      confirmWarnings(
        warnings.map(({ what }) => what),
        workspace.domain,
      ),
    chooseProtection,
  });
  const former = describeFormerTrust(result.formerTrust, result.plan.bringsAuthority);
  // Not awaited: the message may stay, but the certificate is there.
  void context.notifier.inform(
    describeImported(result.plan, result, workspace.workspace, former),
    ...(former ? [former.button] : []),
    ...chooseNextStep(active.server.snapshot),
    ...(result.backup === undefined ? [] : [ours('chromaTls.restoreCertificate')]),
  );
};

async function pickFiles(): Promise<readonly string[]> {
  const picked = await window.showOpenDialog({
    title: 'Certificate, Key and Chain',
    openLabel: 'Import',
    canSelectMany: true,
    filters: {
      'Certificates and keys': [
        ...['pem', 'crt', 'cer', 'der', 'key', 'p12', 'pfx', 'p7b', 'p7c', 'p8', 'pk8'],
      ],
      'All files': ['*'],
    },
  });
  if (!picked) throw cancellation();
  return picked.map(({ fsPath }) => fsPath);
}

async function offerMoreFiles({ problem }: ExplainedError): Promise<void> {
  const { what, ...rest } = problem;
  const answer = await ask(what, explain({ ...rest, what: '' }), MORE_FILES);
  if (answer === undefined) throw cancellation();
}

/** What clients will stumble over is said before, not after; the decision is the user's. */
export async function confirmWarnings(messages: readonly string[], domain: string): Promise<void> {
  const answer = await ask(`Import this certificate for ${domain}?`, messages.join('\n'), ANYWAY);
  if (answer === undefined) throw cancellation();
}

/** A key that came closed may stay so. One that came open is left as it is: there is a command. */
async function chooseProtection(passphrase: string): Promise<string | undefined> {
  const choices: readonly (PlainItem & {
    readonly choose: () => Promise<string | undefined>;
  })[] = [
    {
      icon: 'lock',
      label: 'Keep Its Passphrase',
      detail: 'The key is stored encrypted, its passphrase in the editor’s secret storage.',
      choose: () => Promise.resolve(passphrase),
    },
    {
      icon: 'key',
      label: 'Another Passphrase',
      detail: 'The same, with a passphrase of your choice.',
      choose: () => askNewPassphrase(TITLE),
    },
    {
      icon: 'unlock',
      label: 'No Passphrase',
      detail: 'Only the mode of the file (0600) protects the key, as for a generated one.',
      choose: () => Promise.resolve(undefined),
    },
  ];
  const picked = await showQuickPick(choices, {
    title: 'The key has a passphrase',
    ignoreFocusOut: true,
  });
  if (!picked) throw cancellation();
  return picked.choose();
}
