import { window } from 'vscode';
import { readSmallFile } from '../../../system/files/replace-file.ts';
import type { SigningRequest } from '../../../certificates/sign-request.ts';
import { cancellation } from '../../../system/errors.ts';
import { ask } from '../../window/plain-window.ts';
import { chooseTarget, writeExport } from '../../window/save-export.ts';
import { nameFile, type ExportForm } from './export-form.ts';

const SIGN = 'Sign';

/** A certificate for another server's key, by this folder's authority. */
export const signRequest: ExportForm = {
  label: 'Sign a Certificate Request',
  icon: 'edit',
  detail: 'For another server’s key: this folder’s authority signs it, for its own names only.',
  run: async (context) => {
    const { notifier, workspace, settings } = context;
    const { readRequest, signRequest: sign } =
      await import('../../../certificates/sign-request.ts');
    const request = await readRequest(await readChosen());
    const days = settings.validityDays;
    await confirm(request, days);
    const signed = await sign({ workspace, request, days });
    const file = {
      name: nameFile({ domain: request.names[0]?.value ?? 'server' }, '-signed.pem'),
      kind: 'Signed Certificate',
      extensions: ['pem', 'crt'],
      secret: false,
    };
    const path = await chooseTarget(file);
    await writeExport(path, signed, file);
    void notifier.inform(`Saved ${path}: the certificate, then this folder’s authority.`);
  },
};

async function readChosen(): Promise<Buffer> {
  const picked = await window.showOpenDialog({
    title: 'Certificate Request',
    openLabel: 'Sign',
    filters: { 'Certificate requests': ['csr', 'req', 'p10', 'pem', 'der'], 'All files': ['*'] },
  });
  const [file] = picked ?? [];
  if (!file) throw cancellation();
  return readSmallFile(file.fsPath);
}

/** The user vouches for whoever asks; so it is said what that means. */
async function confirm({ names, keyType }: SigningRequest, days: number): Promise<void> {
  const shown = names.map(({ display }) => display).join(', ');
  const answer = await ask(
    `Sign a certificate for ${shown}?`,
    `Key: ${keyType}. Valid for ${days} days. Whoever has the key can then be ${shown} to everyone who trusts this folder’s authority.`,
    SIGN,
  );
  if (answer !== SIGN) throw cancellation();
}
