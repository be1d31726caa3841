import { resolve } from 'node:path';
import type { AccountBinding } from '../../certificates/public/acme/connection/acme-session.ts';
import {
  KNOWN_DIRECTORIES,
  resolveDirectory,
} from '../../certificates/public/acme/known-directories.ts';
import type { AcmeSource, Challenge } from '../../certificates/public/certificate-source.ts';
import { parseCertificateName } from '../../project/certificate-name.ts';
import { toProblem } from '../../system/errors.ts';
import { splitPem } from '../../certificates/encoding/pem-certificates.ts';
import { findProgram } from '../../system/processes/program-path.ts';
import { readChosenFile } from '../../workspace/import.ts';
import { UsageError, type FetchingOptions } from '../arguments.ts';
import type { CliContext } from '../verbs.ts';

/** What a command line says of an ACME request; the names are still to come. */
export type TypedSource = Omit<AcmeSource, 'names'>;

/**
 * Reads where a certificate is requested, and how its names are proved.
 *
 * @throws UsageError; ExplainedError as `readChosenFile` does
 */
export async function readAcmeSource(options: FetchingOptions): Promise<TypedSource> {
  const { directory: typed, email, profile } = options;
  const words = KNOWN_DIRECTORIES.map(({ word }) => word).join(', ');
  if (typed === undefined) {
    throw new UsageError(`Which authority? --directory is one of ${words}, or a URL.`);
  }
  const directory = resolveDirectory(typed);
  if (!URL.canParse(directory)) {
    throw new UsageError(
      `--directory cannot be ${typed || 'empty'}. It is one of ${words}, or a URL.`,
    );
  }
  if (email !== undefined) refuseNoAddress(email);
  const challenge = await readChallenge(options);
  const directoryRoots = await readRoots(options);
  return {
    kind: 'acme',
    directory,
    challenge,
    ...(directoryRoots === undefined ? {} : { directoryRoots }),
    ...(email === undefined ? {} : { email }),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** @throws UsageError unless it is an e-mail address */
function refuseNoAddress(email: string): void {
  let why: string | undefined = 'It is not an e-mail address.';
  try {
    if (parseCertificateName(email).kind === 'email') return;
  } catch (error) {
    ({ why } = toProblem(error));
  }
  throw new UsageError(`--email cannot be ${email || 'empty'}. ${why ?? ''}`);
}

/** @throws UsageError; ExplainedError as `readChosenFile` does */
export async function readBinding(options: FetchingOptions): Promise<AccountBinding | undefined> {
  const { 'eab-kid': kid, 'eab-hmac-file': file } = options;
  if (kid === undefined && file === undefined) return undefined;
  if (kid === undefined || kid === '' || file === undefined || file === '') {
    throw new UsageError('--eab-kid and --eab-hmac-file go together.');
  }
  const hmacKey = (await readChosenFile(resolve(file))).content.toString('utf8').trim();
  if (/^[\w+/-]+=*$/.test(hmacKey)) return { kid, hmacKey };
  throw new UsageError(`--eab-hmac-file: there is no HMAC key (Base64) in ${file}.`);
}

/** @throws UsageError where options do not go together */
async function readChallenge(options: FetchingOptions): Promise<Challenge> {
  const { webroot, 'dns-hook': hook } = options;
  const implied = hook === undefined ? 'http-01' : 'dns-01';
  const { challenge = implied } = options;
  const refuseOther = (
    ...names: readonly ('http-port' | 'tls-port' | 'webroot' | 'dns-hook')[]
  ) => {
    const other = names.find((name) => options[name] !== undefined);
    if (other !== undefined) throw new UsageError(`--${other} does not go with ${challenge}.`);
  };
  switch (challenge) {
    case 'http-01':
      refuseOther('tls-port', 'dns-hook');
      if (webroot === undefined) {
        return { type: 'http-01', port: readPort('http-port', options['http-port'], 80) };
      }
      if (options['http-port'] !== undefined) {
        throw new UsageError('--http-port does not go with --webroot: your web server listens.');
      }
      return { type: 'http-01-webroot', webroot: resolve(webroot) };
    case 'tls-alpn-01':
      refuseOther('http-port', 'webroot', 'dns-hook');
      return { type: 'tls-alpn-01', port: readPort('tls-port', options['tls-port'], 443) };
    case 'dns-01':
      refuseOther('http-port', 'tls-port', 'webroot');
      return { type: 'dns-01', ...(hook === undefined ? {} : { hook: await findHook(hook) }) };
    default:
      throw new UsageError(
        `--challenge cannot be ${challenge || 'empty'}. It is http-01, dns-01 or tls-alpn-01.`,
      );
  }
}

/** A path is one from here; a bare word is a program on PATH. */
async function findHook(hook: string): Promise<string> {
  const path = /[\\/]/.test(hook) ? resolve(hook) : await findProgram(hook);
  if (path === undefined || hook === '') {
    throw new UsageError(`--dns-hook: there is no program ${hook || 'without a name'} on PATH.`);
  }
  return path;
}

function readPort(option: string, text: string | undefined, usual: number): number {
  if (text === undefined) return usual;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new UsageError(
    `--${option} cannot be ${text || 'empty'}. It must be a port from 1 to 65535.`,
  );
}

/**
 * PEM of the roots that a directory, or what it issues, stands on; undefined where none are named.
 *
 * @throws UsageError; ExplainedError as `readChosenFile` does
 */
export async function readRoots({
  'directory-root': file,
}: FetchingOptions): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const blocks = splitPem((await readChosenFile(resolve(file))).content.toString('utf8'));
  if (blocks.length === 0) {
    throw new UsageError(`--directory-root: there is no certificate in PEM in ${file}.`);
  }
  return `${blocks.join('\n')}\n`;
}

/**
 * The names to request: the domain and what `--name` adds. The further names that every certificate
 * has by default are names of this machine alone. Pure.
 */
export function listNames(
  { chosen, settings }: Pick<CliContext, 'chosen' | 'settings'>,
  domain: string,
): string[] {
  const further = chosen.has('additionalNames') ? settings.additionalNames : [];
  return [...new Set([domain, ...further])];
}
