import { basename, resolve } from 'node:path';
import { readNames } from '../certificates/inspect/certificate-names.ts';
import { ExplainedError } from '../system/errors.ts';
import { importCertificate } from '../workspace/import.ts';
import { askFilePassphrase, askNewPassphrase } from './terminal-passphrases.ts';
import { confirm } from './confirm.ts';
import { open, say, sayAftercare, sayCertificate, type CliContext } from './verbs.ts';
import { isKeyEncrypted, protectKey } from '../workspace/key-passphrase.ts';

/** Puts a certificate, its key and its chain from files in place of the folder's own. */
export async function importFiles(context: CliContext): Promise<number> {
  const { options, passphrases } = context;
  const workspace = await open(context);
  const { plan, ...result } = await importCertificate(workspace, {
    // All files stand on the command line: there are no more to ask for.
    chooseFiles: (lacking) =>
      lacking
        ? Promise.reject(nameFiles(lacking, options.files))
        : Promise.resolve(options.files.map((file) => resolve(file))),
    askPassphrase: askFilePassphrase(passphrases.given),
    confirmWarnings: ({ warnings }) =>
      confirm(context, {
        question: `Import this certificate for ${workspace.domain}?`,
        details: warnings.map(({ what }) => what),
        refused: 'Nothing was imported.',
      }),
    // It came with one, so it keeps it; protect changes that.
    chooseProtection: (passphrase) => Promise.resolve(passphrase),
  });
  say(`Imported ${result.files.certificate}`);
  const names = readNames(plan.leaf).servers;
  sayCertificate({ names, notAfter: new Date(plan.leaf.validTo) });
  if (plan.passphrase !== undefined) {
    say('The key keeps its passphrase: chroma-tls protect --remove takes it away.');
  }
  sayAftercare(result, plan.bringsAuthority);
  return 0;
}

/** Gives the key a passphrase, another one, or none. */
export async function protect(context: CliContext): Promise<number> {
  const { given, next } = context.passphrases;
  const workspace = await open(context);
  if (context.options.remove) {
    await protectKey(workspace, undefined);
    say('The key has no passphrase.');
    return 0;
  }
  // What opens an encrypted key is not what it is to get.
  const isEncrypted = await isKeyEncrypted(workspace);
  await protectKey(workspace, await askNewPassphrase(next ?? (isEncrypted ? undefined : given)));
  say(isEncrypted ? 'The key has the new passphrase.' : 'The key is encrypted.');
  say('A start needs its passphrase: set CHROMA_TLS_KEY_PASSPHRASE, or enter it.');
  return 0;
}

function nameFiles({ problem }: ExplainedError, files: readonly string[]): ExplainedError {
  const named = files.map((file) => basename(file)).join(', ');
  return new ExplainedError({
    ...problem,
    next: `${problem.next ?? ''} It was looked for in ${named}: name it in addition.`.trim(),
  });
}
