import { homedir } from 'node:os';
import { join } from 'node:path';
import { Uri, window } from 'vscode';
import { explainInvalidStorePassphrase } from '../../../certificates/encoding/passphrase.ts';
import type { SigningRequest } from '../../../certificates/sign-request.ts';
import { resolveNames, type CertificateName } from '../../../project/certificate-name.ts';
import { cancellation, toProblem } from '../../../system/errors.ts';
import { readSmallFile } from '../../../system/files/replace-file.ts';
import type { WorkspaceContext } from '../../../workspace/context.ts';
import type { ExportFile, ExportQuestions } from '../../../workspace/export.ts';
import { askNewPassphrase } from '../../window/ask-passphrase.ts';
import { ask, showInputBox } from '../../window/plain-window.ts';

const ANYWAY = 'Save Anyway';
const SIGN = 'Sign';

/** What an export asks a user, in this window. */
export function createQuestions({ domain, settings }: WorkspaceContext): ExportQuestions {
  return {
    askStorePassphrase: (form) =>
      form === 'trust-store'
        ? askTrustStorePassphrase()
        : askNewPassphrase('Passphrase of the PKCS#12 File', explainInvalidStorePassphrase),
    chooseNames: () => chooseNames([...new Set([domain, ...settings.additionalNames])]),
    readRequest: askForRequest,
    confirmSigning,
    chooseTarget,
    confirmTracked,
  };
}

/** Not hidden as one types: it seals what is public anyway, and Java wants it in the open. */
async function askTrustStorePassphrase(): Promise<string> {
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

/** To be changed: a public authority signs no localhost. */
async function chooseNames(proposed: readonly string[]): Promise<readonly CertificateName[]> {
  const entered = await showInputBox({
    title: 'Names in the Certificate Request',
    prompt: 'Separated by commas, the most important first.',
    value: proposed.join(', '),
    ignoreFocusOut: true,
    validateInput: explainInvalidNames,
  });
  if (entered === undefined) throw cancellation();
  return parseNames(entered);
}

function parseNames(text: string): readonly CertificateName[] {
  const [first = '', ...further] = text.split(',').map((name) => name.trim());
  return resolveNames(first, further);
}

function explainInvalidNames(text: string): string | undefined {
  try {
    parseNames(text);
    return undefined;
  } catch (error) {
    const { what, why = '' } = toProblem(error);
    return `${what} ${why}`;
  }
}

async function askForRequest(): Promise<Buffer> {
  const picked = await window.showOpenDialog({
    title: 'Certificate Request',
    openLabel: 'Sign',
    filters: { 'Certificate requests': ['csr', 'req', 'p10', 'pem', 'der'], 'All files': ['*'] },
  });
  const [file] = picked ?? [];
  if (!file) throw cancellation();
  return readSmallFile(file.fsPath);
}

/** The user vouches for the one who asks; so it is said what that means. */
async function confirmSigning({ names, keyType }: SigningRequest, days: number): Promise<void> {
  const shown = names.map(({ display }) => display).join(', ');
  const answer = await ask(
    `Sign a certificate for ${shown}?`,
    `Key: ${keyType}. Valid for ${days} days. Anyone who has the key can then be ${shown} to everyone who trusts this folder’s authority.`,
    SIGN,
  );
  if (answer !== SIGN) throw cancellation();
}

/** Proposes the home folder: the workspace is the wrong place for it. */
async function chooseTarget({ name, kind, extensions }: ExportFile): Promise<string> {
  const target = await window.showSaveDialog({
    title: `Save ${kind}`,
    defaultUri: Uri.file(join(homedir(), name)),
    filters: { [kind]: [...extensions] },
  });
  if (!target) throw cancellation();
  return target.fsPath;
}

async function confirmTracked(path: string): Promise<void> {
  const answer = await ask(
    'Save a private key where git would commit it?',
    `${path} is in a git work tree that does not ignore it. Everyone who can read the repository could then read the key.`,
    ANYWAY,
  );
  if (answer !== ANYWAY) throw cancellation();
}
