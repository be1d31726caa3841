import { cancellation } from '../../../system/errors.ts';
import { showInputBox } from '../../window/plain-window.ts';
import { chooseTarget, writeExport } from '../../window/save-export.ts';
import { nameFile, type ExportForm } from './export-form.ts';

/** What Java clients verify the server with. */
export const trustStore: ExportForm = {
  label: 'Trust Store (PKCS#12)',
  icon: 'verified',
  detail: 'For Java clients (javax.net.ssl.trustStore). It holds no key.',
  run: async (context) => {
    const passphrase = await askPassphrase();
    const file = {
      name: nameFile(context, '-trust.p12'),
      kind: 'PKCS#12 Trust Store',
      extensions: ['p12'],
      secret: false,
    };
    const path = await chooseTarget(file);
    const { writeTrustStore } = await import('../../../certificates/encoding/pkcs12/write.ts');
    const trusted = context.exportable.anchors.map((certificate, index) => ({
      alias: index === 0 ? 'chroma-ca' : `chroma-ca-${index + 1}`,
      certificate,
    }));
    await writeExport(path, await writeTrustStore({ trusted }, passphrase), file);
    void context.notifier.inform(
      `Saved ${path}. Java takes it with -Djavax.net.ssl.trustStore and -Djavax.net.ssl.trustStorePassword.`,
    );
  },
};

/** Not hidden as one types: it seals what is public anyway, and Java wants it in the open. */
async function askPassphrase(): Promise<string> {
  const entered = await showInputBox({
    title: 'Password of the Trust Store',
    prompt: 'Java wants one, though nothing in it is secret. changeit is what Java itself uses.',
    value: 'changeit',
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^[!-~]{6,}$/.test(text) ? undefined : 'Six ASCII characters or more, without spaces.',
  });
  if (entered === undefined) throw cancellation();
  return entered;
}
