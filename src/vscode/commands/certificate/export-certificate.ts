import { env } from 'vscode';
import { readExportable } from '../../../certificates/exportable.ts';
import { cancellation } from '../../../system/errors.ts';
import type { WorkspaceContext } from '../../../workspace/context.ts';
import {
  exportCertificate as exportFile,
  readPin,
  type ExportForm,
} from '../../../workspace/export.ts';
import { ours, type Button } from '../../model/actions.ts';
import { showQuickPick, type PlainItem } from '../../window/plain-window.ts';
import type { CommandHandler } from '../command-context.ts';
import { createQuestions } from './export-questions.ts';

interface FormItem extends PlainItem {
  readonly form: ExportForm | 'pin';
  /** What to do with the file, as sentences. */
  readonly use?: string;
  readonly button?: Button;
}

const FORMS: readonly FormItem[] = [
  {
    form: 'pkcs12',
    label: 'Certificate and Key (PKCS#12)',
    icon: 'key',
    detail: 'For Java, Windows and appliances: all in one file, under a passphrase of its own.',
    use: 'It holds the private key, under the alias chroma, and opens with its passphrase.',
  },
  {
    form: 'trust-store',
    label: 'Trust Store (PKCS#12)',
    icon: 'verified',
    detail: 'For Java clients (javax.net.ssl.trustStore). It holds no key.',
    use: 'Java takes it with -Djavax.net.ssl.trustStore and -Djavax.net.ssl.trustStorePassword.',
  },
  {
    form: 'chain',
    label: 'Chain (PEM)',
    icon: 'list-ordered',
    detail: 'For another server or proxy: the certificate first, then its authorities.',
  },
  {
    form: 'der',
    label: 'Certificate (DER)',
    icon: 'file-binary',
    detail: 'For programs that read no PEM.',
  },
  {
    form: 'ca-der',
    label: 'Authority (DER)',
    icon: 'organization',
    detail: 'To trust the server on Windows or a phone: a .cer file that opens with a click.',
  },
  {
    form: 'pin',
    label: 'Public-Key Pin',
    icon: 'pinned',
    detail:
      'For clients that accept this key only: the SHA-256 of the public key in Base64. Copied.',
  },
  {
    form: 'csr',
    label: 'Certificate Request (CSR)',
    icon: 'mail',
    detail: 'For an authority of your own: it signs this folder’s key. Then import its answer.',
    use: 'Give it to the authority, and import its answer here: the key is in this folder already.',
    button: ours('chromaTls.importCertificate'),
  },
  {
    form: 'signed',
    label: 'Sign a Certificate Request',
    icon: 'edit',
    detail: 'For another server’s key: this folder’s authority signs it, for its own names only.',
    use: 'It holds the certificate, then this folder’s authority.',
  },
];

/** Takes the certificate elsewhere, in the form that is wanted there. */
export const exportCertificate: CommandHandler = async ({ session, notifier }) => {
  const active = await session.require();
  if (!active) return;
  const workspace = await active.open();
  // Read before anything is asked: without a certificate there is nothing to choose.
  await readExportable(workspace.certificatesFolder);
  const picked = await showQuickPick(FORMS, { title: 'Export Certificate', matchOnDetail: true });
  if (!picked) throw cancellation();
  const { form, use, button } = picked;
  if (form === 'pin') {
    void notifier.inform(await copyPin(workspace));
    return;
  }
  const path = await exportFile(workspace, form, createQuestions(workspace));
  void notifier.inform(
    [`Saved ${path}.`, ...(use === undefined ? [] : [use])].join(' '),
    ...(button ? [button] : []),
  );
};

/** Copied, not saved: it goes into a line of somebody's code. */
async function copyPin(workspace: WorkspaceContext): Promise<string> {
  const pin = await readPin(workspace);
  await env.clipboard.writeText(pin);
  return `Copied ${pin}. curl takes it with --pinnedpubkey sha256//${pin}. A new certificate has a new key, and so another pin.`;
}
