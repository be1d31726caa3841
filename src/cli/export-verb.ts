import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { explainInvalidStorePassphrase } from '../certificates/encoding/passphrase.ts';
import { resolveNames } from '../project/certificate-name.ts';
import { exportCertificate, readPin } from '../workspace/export.ts';
import { readChosenFile } from '../workspace/import.ts';
import { confirm } from './confirm.ts';
import { askNewPassphrase } from './terminal-passphrases.ts';
import { open, say, type CliContext } from './verbs.ts';

/** Java's own, for a store in which nothing is secret. */
const TRUST_STORE_PASSPHRASE = 'changeit';

/** Saves the certificate in a form that is wanted elsewhere, or prints its pin. */
export async function exportFile(context: CliContext): Promise<number> {
  const { form = 'pin', out = '', files } = context.options;
  const { given, next } = context.passphrases;
  const workspace = await open(context);
  if (form === 'pin') {
    say(await readPin(workspace));
    return 0;
  }
  const path = await exportCertificate(workspace, form, {
    askStorePassphrase: (store) =>
      store === 'trust-store'
        ? Promise.resolve(next ?? TRUST_STORE_PASSPHRASE)
        : askNewPassphrase(next ?? given, explainInvalidStorePassphrase),
    chooseNames: () =>
      Promise.resolve(resolveNames(workspace.domain, workspace.settings.additionalNames)),
    readRequest: async () => (await readChosenFile(resolve(files[0] ?? ''))).content,
    confirmSigning: ({ names, keyType }, days) =>
      confirm(context, {
        question: 'Sign it?',
        details: [
          `The certificate is for ${names.map(({ display }) => display).join(', ')}; its key is ${keyType}; it is valid for ${days} days.`,
        ],
        refused: 'Nothing was signed.',
      }),
    chooseTarget: async () => {
      await confirmReplacing(context, resolve(out));
      return resolve(out);
    },
    confirmTracked: (file) =>
      confirm(context, {
        question: 'Save a private key there?',
        details: [`${file} is in a git work tree that does not ignore it.`],
        refused: 'Nothing was saved.',
      }),
  });
  say(`Saved ${path}`);
  if (form === 'trust-store' && next === undefined) {
    say(`Its password is ${TRUST_STORE_PASSPHRASE}: nothing in it is secret.`);
  }
  return 0;
}

async function confirmReplacing(context: CliContext, path: string): Promise<void> {
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  await confirm(context, {
    question: 'Replace it?',
    details: [`${path} is there already.`],
    refused: 'Nothing was saved.',
  });
}
