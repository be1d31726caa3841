import { cancellation, toProblem } from '../../../system/errors.ts';
import { resolveNames, type CertificateName } from '../../../project/certificate-name.ts';
import { ours } from '../../model/actions.ts';
import { showInputBox } from '../../window/plain-window.ts';
import { chooseTarget, writeExport } from '../../window/save-export.ts';
import { nameFile, type ExportContext, type ExportForm } from './export-form.ts';

/** Asks another authority to sign the key that is here. */
export const certificateRequest: ExportForm = {
  label: 'Certificate Request (CSR)',
  icon: 'mail',
  detail: 'For an authority of your own: it signs this folder’s key. Then import its answer.',
  run: async (context) => {
    const { notifier, workspace, folder, passphrase: present } = context;
    const [{ openServerKey: openPresentKey }, { createRequest }] = await Promise.all([
      import('../../../certificates/folder/server-key.ts'),
      import('../../../certificates/issue/certificate-request.ts'),
    ]);
    const { key } = await openPresentKey({ workspace, folder, present });
    const names = await askNames(context);
    const file = {
      name: nameFile(context, '.csr'),
      kind: 'Certificate Request',
      extensions: ['csr', 'pem'],
      secret: false,
    };
    const path = await chooseTarget(file);
    await writeExport(path, await createRequest(key, names), file);
    void notifier.inform(
      `Saved ${path}. Give it to the authority, and import its answer here: the key is in this folder already.`,
      ours('chromaTls.importCertificate'),
    );
  },
};

/** What the next certificate here would be for, to be changed: a public authority signs no localhost. */
async function askNames({ domain, settings }: ExportContext): Promise<readonly CertificateName[]> {
  const proposed = [...new Set([domain, ...settings.additionalNames])];
  const entered = await showInputBox({
    title: 'Names in the Certificate Request',
    prompt: 'Separated by commas, the most important first.',
    value: proposed.join(', '),
    ignoreFocusOut: true,
    validateInput: (text) => explainInvalidNames(text),
  });
  if (entered === undefined) throw cancellation();
  return readNames(entered);
}

function readNames(text: string): readonly CertificateName[] {
  const [first = '', ...further] = text.split(',').map((name) => name.trim());
  return resolveNames(first, further);
}

function explainInvalidNames(text: string): string | undefined {
  try {
    readNames(text);
    return undefined;
  } catch (error) {
    const { what, why = '' } = toProblem(error);
    return `${what} ${why}`;
  }
}
