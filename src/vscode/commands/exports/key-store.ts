import { explainInvalidStorePassphrase } from '../../../certificates/encoding/passphrase.ts';
import { askNewPassphrase } from '../../window/ask-passphrase.ts';
import { chooseTarget, writeExport } from '../../window/save-export.ts';
import { nameFile, type ExportForm } from './export-form.ts';

/** Certificate, chain and key in one file. */
export const keyStore: ExportForm = {
  label: 'Certificate and Key (PKCS#12)',
  icon: 'key',
  detail: 'For Java, Windows and appliances: all in one file, under a passphrase of its own.',
  run: async (context) => {
    const { notifier, workspace, folder, exportable, passphrase: present } = context;
    // Loaded only now: PKCS#12 brings libraries that nothing else needs.
    const [{ openServerKey: openPresentKey }, { writeKeyStore }] = await Promise.all([
      import('../../../certificates/folder/server-key.ts'),
      import('../../../certificates/encoding/pkcs12/write.ts'),
    ]);
    const { key } = await openPresentKey({ workspace, folder, present });
    const file = {
      name: nameFile(context, '.p12'),
      kind: 'PKCS#12 Key Store',
      extensions: ['p12', 'pfx'],
      secret: true,
    };
    const passphrase = await askNewPassphrase(
      'Passphrase of the PKCS#12 File',
      explainInvalidStorePassphrase,
    );
    const path = await chooseTarget(file);
    const store = { alias: 'chroma', key, chain: exportable.chain };
    await writeExport(path, await writeKeyStore(store, passphrase), file);
    void notifier.inform(
      `Saved ${path}. It holds the private key, under the alias chroma, and opens with its passphrase.`,
    );
  },
};
