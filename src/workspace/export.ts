import { computePin, readExportable, type Exportable } from '../certificates/exportable.ts';
import { openServerKey } from '../certificates/folder/server-key.ts';
import type { SigningRequest } from '../certificates/sign-request.ts';
import type { CertificateName } from '../project/certificate-name.ts';
import { isOfferedToGit } from '../project/git.ts';
import { ExplainedError, sayWhy, systemCode } from '../system/errors.ts';
import { replaceFile } from '../system/files/replace-file.ts';
import type { WorkspaceContext } from './context.ts';
import { readPassphrase } from './key-passphrase.ts';

/** A file that leaves the workspace. */
export interface ExportFile {
  /** The proposed name. */
  readonly name: string;
  /** What a user calls such a file, and how its name ends. */
  readonly kind: string;
  readonly extensions: readonly string[];
  /** Whether it holds a private key, so that only its owner may read it. */
  readonly secret: boolean;
}

/** What a form is called, and how its proposed name ends after the domain. */
const FORMS = {
  pkcs12: { ending: '.p12', kind: 'PKCS#12 Key Store', extensions: ['p12', 'pfx'] },
  'trust-store': { ending: '-trust.p12', kind: 'PKCS#12 Trust Store', extensions: ['p12'] },
  chain: { ending: '-chain.pem', kind: 'Certificate Chain', extensions: ['pem', 'crt'] },
  der: { ending: '.cer', kind: 'Certificate', extensions: ['cer', 'der', 'crt'] },
  'ca-der': { ending: '-ca.cer', kind: 'Certificate', extensions: ['cer', 'der', 'crt'] },
  csr: { ending: '.csr', kind: 'Certificate Request', extensions: ['csr', 'pem'] },
  signed: { ending: '-signed.pem', kind: 'Signed Certificate', extensions: ['pem', 'crt'] },
} as const;

/** A form that is a file. */
export type ExportForm = keyof typeof FORMS;

/** What an export asks a user; each throws AbortError where they give up. */
export interface ExportQuestions {
  /** The new passphrase of a key store or a trust store. */
  readonly askStorePassphrase: (form: 'pkcs12' | 'trust-store') => Promise<string>;
  /** The names that a certificate request asks for. */
  readonly chooseNames: () => Promise<readonly CertificateName[]>;
  /** The content of the certificate request to sign. */
  readonly readRequest: () => Promise<Buffer>;
  /** Confirms what is about to be signed for so many days. */
  readonly confirmSigning: (request: SigningRequest, days: number) => Promise<void>;
  /** The absolute path to save the file at. */
  readonly chooseTarget: (file: ExportFile) => Promise<string>;
  /** Confirms that a private key goes where git would take it. */
  readonly confirmTracked: (path: string) => Promise<void>;
}

/**
 * Saves the certificate in the form that is wanted elsewhere.
 *
 * @returns the path of the file
 * @throws ExplainedError `nothing-to-export`, `no-trust-anchor`, `export-not-written`, those of the
 *   key and of `signRequest`; what the questions throw
 */
export async function exportCertificate(
  context: WorkspaceContext,
  form: ExportForm,
  questions: ExportQuestions,
): Promise<string> {
  const { name, make } = await prepare(context, form, questions);
  const { ending, kind, extensions } = FORMS[form];
  const secret = form === 'pkcs12';
  const path = await questions.chooseTarget({
    name: nameFile(name, ending),
    kind,
    extensions,
    secret,
  });
  if (secret && (await isOfferedToGit(path))) await questions.confirmTracked(path);
  await writeExport(path, await make(), secret ? 0o600 : 0o644);
  return path;
}

/** The pin of the certificate's public key. @throws ExplainedError `nothing-to-export` */
export async function readPin({ certificatesFolder }: WorkspaceContext): Promise<string> {
  return computePin((await readExportable(certificatesFolder)).leaf);
}

/** The name of a file, for the host that it speaks of. Pure. */
export function nameFile(domain: string, ending: string): string {
  const host = domain.replace('*', 'wildcard').replaceAll(/[^\p{L}\p{N}.-]/gu, '-');
  return `chroma-${host}${ending}`;
}

/** What goes into the file, once it is known where to; and whose it is. */
interface Prepared {
  readonly name: string;
  readonly make: () => Promise<string | Buffer> | string | Buffer;
}

/** Asks what a form needs. The key is opened first: without it there is nothing to ask. */
async function prepare(
  context: WorkspaceContext,
  form: ExportForm,
  questions: ExportQuestions,
): Promise<Prepared> {
  const exportable = await readExportable(context.certificatesFolder);
  const name = context.domain;
  switch (form) {
    case 'chain':
      return { name, make: () => exportable.chain.map(String).join('') };
    case 'der':
      return { name, make: () => exportable.leaf.raw };
    case 'ca-der':
      return { name, make: () => (exportable.anchors[0] ?? exportable.leaf).raw };
    case 'pkcs12': {
      const { key } = await openKey(context);
      const passphrase = await questions.askStorePassphrase(form);
      return { name, make: () => makeKeyStore(key, exportable, passphrase) };
    }
    case 'trust-store': {
      const passphrase = await questions.askStorePassphrase(form);
      return { name, make: () => makeTrustStore(exportable, passphrase) };
    }
    case 'csr': {
      const { key } = await openKey(context);
      const names = await questions.chooseNames();
      const { createRequest } = await import('../certificates/issue/certificate-request.ts');
      return { name, make: () => createRequest(key, names) };
    }
    case 'signed':
      return sign(context, questions);
  }
}

async function openKey(context: WorkspaceContext): ReturnType<typeof openServerKey> {
  const { workspace, certificatesFolder: folder } = context;
  return openServerKey({ workspace, folder, present: await readPassphrase(context) });
}

async function makeKeyStore(
  key: Awaited<ReturnType<typeof openKey>>['key'],
  { chain }: Exportable,
  passphrase: string,
): Promise<Buffer> {
  // Loaded only now: PKCS#12 brings libraries that nothing else needs.
  const { writeKeyStore } = await import('../certificates/encoding/pkcs12/write.ts');
  return writeKeyStore({ alias: 'chroma', key, chain }, passphrase);
}

async function makeTrustStore({ anchors }: Exportable, passphrase: string): Promise<Buffer> {
  const { writeTrustStore } = await import('../certificates/encoding/pkcs12/write.ts');
  const trusted = anchors.map((certificate, index) => ({
    alias: index === 0 ? 'chroma-ca' : `chroma-ca-${index + 1}`,
    certificate,
  }));
  return writeTrustStore({ trusted }, passphrase);
}

async function sign(
  { workspace, settings }: WorkspaceContext,
  { readRequest, confirmSigning }: ExportQuestions,
): Promise<Prepared> {
  const signing = await import('../certificates/sign-request.ts');
  const request = await signing.readRequest(await readRequest());
  const days = settings.validityDays;
  await confirmSigning(request, days);
  return {
    name: request.names[0]?.value ?? 'server',
    make: () => signing.signRequest({ workspace, request, days }),
  };
}

/** Writes a file whole or not at all. It replaces another one: the question has settled that. */
async function writeExport(path: string, content: string | Buffer, mode: number): Promise<void> {
  try {
    await replaceFile(path, content, mode);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw new ExplainedError(
      {
        code: 'export-not-written',
        what: `${path} could not be written.`,
        why: sayWhy(error),
        next: 'Choose another folder.',
      },
      error,
    );
  }
}
