import { basename } from 'node:path';
import { window, type Uri } from 'vscode';
import type { BundleFile } from '../../certificates/encoding/bundle.ts';
import { readSmallFile } from '../../system/files/replace-file.ts';
import type { ImportPlan } from '../../certificates/import/import-plan.ts';
import { cancellation, ExplainedError, explain, sayWhy, toProblem } from '../../system/errors.ts';
import { readDomain } from '../../project/env-file.ts';
import { resolveInWorkspace } from '../../project/workspace-path.ts';
import { askNewPassphrase, askPassphrase } from '../window/ask-passphrase.ts';
import { ours } from '../model/actions.ts';
import { readConfiguration } from '../window/configuration.ts';
import { readFormerTrust } from '../session/former-trust.ts';
import { describeImported } from '../model/certificate-message.ts';
import { chooseNextStep } from '../model/next-step.ts';
import { ask, showQuickPick, type PlainItem } from '../window/plain-window.ts';
import type { ActiveFolder } from '../session/session.ts';
import type { CommandContext, CommandHandler } from './command-context.ts';
import { isBusy } from './start-server.ts';

const TITLE = 'Import Certificate';
const MORE_FILES = 'Select More Files';
const ANYWAY = 'Import Anyway';

/** Where the parts of an import go, and what they must be good for. */
interface Target {
  readonly workspace: string;
  readonly certificates: string;
  readonly domain: string;
}

/** Puts a certificate and key that the user has in the place of the folder's own. */
export const importCertificate: CommandHandler = async (context) => {
  const active = await context.session.require();
  if (!active || isBusy(context, active)) return;
  const target = await locate(active);
  const plan = await gather(context, target);
  await confirmWarnings(plan, target.domain);
  const passphrase = await chooseProtection(plan);
  const { importCertificate: install } = await import('../../certificates/import.ts');
  const result = await install({
    workspace: target.workspace,
    folder: target.certificates,
    plan,
    passphrase,
  });
  if (passphrase === undefined) await context.passphrases.forget(target.workspace);
  else await context.passphrases.keep(target.workspace, passphrase);
  await active.server.refreshProject();
  // What was there before may be trusted; the new one's root is another, or the public's.
  const former =
    result.backup === undefined ? undefined : await readFormerTrust(active, plan.bringsAuthority);
  // Not awaited: the message may stay, but the certificate is there.
  void context.notifier.inform(
    describeImported(plan, result, target.workspace, former),
    ...(former ? [former.button] : []),
    ...chooseNextStep(active.server.snapshot),
    ...(result.backup === undefined ? [] : [ours('chromaTls.restoreCertificate')]),
  );
};

async function locate({ folder }: ActiveFolder): Promise<Target> {
  const workspace = folder.uri.fsPath;
  const settings = readConfiguration(folder);
  const [certificates, envFile] = await Promise.all([
    resolveInWorkspace(workspace, settings.certificatesFolder),
    resolveInWorkspace(workspace, settings.envFile),
  ]);
  return { workspace, certificates, domain: await readDomain(envFile) };
}

/** Asks for files until they make a whole, or the user gives up. */
async function gather({ passphrases }: CommandContext, target: Target): Promise<ImportPlan> {
  // Loaded only now: reading every form there is brings libraries that nothing else needs.
  const [{ joinBundles }, { readBundle }, { needsMoreFiles }, { createPlanner }] =
    await Promise.all([
      import('../../certificates/encoding/bundle.ts'),
      import('../../certificates/encoding/read-bundle.ts'),
      import('../../certificates/import/import-plan.ts'),
      import('../../certificates/import/import-planner.ts'),
    ]);
  const { workspace, certificates: folder, domain } = target;
  const present = await passphrases.read(workspace);
  const plan = createPlanner({ workspace, folder, domain, present }, askPassphrase);
  let bundle = joinBundles([]);
  for (;;) {
    bundle = joinBundles([bundle, await readBundle(await pickFiles(), askPassphrase)]);
    try {
      return await plan(bundle);
    } catch (error) {
      if (!(error instanceof ExplainedError) || !needsMoreFiles(error.problem)) throw error;
      await offerMoreFiles(error);
    }
  }
}

async function pickFiles(): Promise<readonly BundleFile[]> {
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
  return Promise.all(picked.map(readChosen));
}

async function readChosen({ fsPath }: Uri): Promise<BundleFile> {
  try {
    return { name: basename(fsPath), content: await readSmallFile(fsPath) };
  } catch (error) {
    if (error instanceof ExplainedError) throw error;
    throw new ExplainedError(
      {
        code: 'file-not-readable',
        what: `${fsPath} cannot be read.`,
        why: sayWhy(error),
        next: 'Make it readable for you, or choose a copy of it.',
      },
      error,
    );
  }
}

async function offerMoreFiles(error: ExplainedError): Promise<void> {
  const { what, ...rest } = toProblem(error);
  const answer = await ask(what, explain({ ...rest, what: '' }), MORE_FILES);
  if (answer === undefined) throw cancellation();
}

/** What clients will stumble over is said before, not after; the decision is the user's. */
async function confirmWarnings({ warnings }: ImportPlan, domain: string): Promise<void> {
  if (warnings.length === 0) return;
  const answer = await ask(
    `Import this certificate for ${domain}?`,
    warnings.map(({ message }) => message).join('\n'),
    ANYWAY,
  );
  if (answer === undefined) throw cancellation();
}

/** A key that came closed may stay so. One that came open is left as it is: there is a command. */
async function chooseProtection({ passphrase }: ImportPlan): Promise<string | undefined> {
  if (passphrase === undefined) return undefined;
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
