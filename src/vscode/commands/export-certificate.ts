import { cancellation } from '../../system/errors.ts';
import { readDomain } from '../../project/env-file.ts';
import { resolveInWorkspace } from '../../project/workspace-path.ts';
import { readConfiguration } from '../window/configuration.ts';
import { certificateRequest } from './exports/certificate-request.ts';
import { authorityDer, certificateDer, chain, pin } from './exports/certificates.ts';
import type { ExportContext, ExportForm } from './exports/export-form.ts';
import { keyStore } from './exports/key-store.ts';
import { signRequest } from './exports/sign-request.ts';
import { trustStore } from './exports/trust-store.ts';
import { showQuickPick } from '../window/plain-window.ts';
import type { ActiveFolder } from '../session/session.ts';
import type { CommandContext, CommandHandler } from './command-context.ts';

const FORMS: readonly ExportForm[] = [
  keyStore,
  trustStore,
  chain,
  certificateDer,
  authorityDer,
  pin,
  certificateRequest,
  signRequest,
];

/** Takes the certificate elsewhere, in the form that is wanted there. */
export const exportCertificate: CommandHandler = async (context) => {
  const active = await context.session.require();
  if (!active) return;
  // Read before anything is asked: without a certificate there is nothing to choose.
  const exporting = await prepare(context, active);
  await (await pickForm()).run(exporting);
};

async function prepare(
  { notifier, passphrases }: CommandContext,
  { folder: { uri }, folder }: ActiveFolder,
): Promise<ExportContext> {
  const workspace = uri.fsPath;
  const settings = readConfiguration(folder);
  const [certificates, envFile] = await Promise.all([
    resolveInWorkspace(workspace, settings.certificatesFolder),
    resolveInWorkspace(workspace, settings.envFile),
  ]);
  const { readExportable } = await import('../../certificates/export.ts');
  return {
    notifier,
    workspace,
    folder: certificates,
    domain: await readDomain(envFile),
    settings,
    exportable: await readExportable(certificates),
    passphrase: await passphrases.read(workspace),
  };
}

async function pickForm(): Promise<ExportForm> {
  const picked = await showQuickPick(
    FORMS.map((form) => ({ icon: form.icon, label: form.label, detail: form.detail, form })),
    { title: 'Export Certificate', matchOnDetail: true },
  );
  if (!picked) throw cancellation();
  return picked.form;
}
