import { commands, Uri } from 'vscode';
import { certificateFiles } from '../../../project/certificate-files.ts';
import { ours } from '../../model/actions.ts';
import { CERTIFICATE_EDITOR_ID } from '../../model/command-ids.ts';
import type { CommandHandler } from '../command-context.ts';

/** Shows the folder's certificate, and the chain behind it, as facts. */
export const openCertificate: CommandHandler = async ({ session, notifier }) => {
  const active = await session.require();
  if (!active) return;
  if (active.server.snapshot.certificate.kind === 'none') {
    void notifier.inform(
      'There is no certificate yet.',
      ours('chromaTls.generateCertificate'),
      ours('chromaTls.importCertificate'),
    );
    return;
  }
  const { certificate } = certificateFiles((await active.open()).certificatesFolder);
  await commands.executeCommand('vscode.openWith', Uri.file(certificate), CERTIFICATE_EDITOR_ID);
};
