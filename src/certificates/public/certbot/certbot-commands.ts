import { isIP } from 'node:net';
import type { Settings } from '../../../project/settings.ts';
import { ExplainedError } from '../../../system/errors.ts';
import type { Command } from '../../../system/processes/program.ts';
import { quoteForShell } from '../../../system/processes/shell-line.ts';
import type { AcmeSource, Challenge } from '../certificate-source.ts';
import { folderOptions, type CertbotFolders } from './certbot-folders.ts';
import type { Certbot } from './certbot-program.ts';

/** What certbot is to request. */
export interface CertbotRequest {
  readonly source: AcmeSource;
  readonly keyType: Settings['keyType'];
  readonly lineage: string;
  readonly folders: CertbotFolders;
  /** Whether the user agrees to the authority's terms; an account that is there has agreed. */
  readonly agreeToTerms: boolean;
  /** Absolute path of what `writeRoots` has made of the source's `directoryRoots`, where it has some. */
  readonly rootsFile: string | undefined;
}

/** What certbot is told to renew. */
export interface CertbotRenewal {
  readonly lineage: string;
  readonly folders: CertbotFolders;
  readonly rootsFile: string | undefined;
  readonly force: boolean;
}

/**
 * The command that requests a certificate, for a user to read before it runs. Pure.
 *
 * @throws ExplainedError `certbot-too-old`, `certbot-challenge`
 */
export function certonlyCommand(certbot: Certbot, request: CertbotRequest): Command {
  const { source, keyType, lineage, folders, agreeToTerms, rootsFile } = request;
  const { email, profile } = source;
  refuseTooOld(certbot, source);
  return {
    program: certbot.program,
    args: [
      'certonly',
      '--non-interactive',
      ...option('--server', source.directory),
      ...(agreeToTerms ? ['--agree-tos'] : []),
      ...(email === undefined
        ? ['--register-unsafely-without-email']
        : [...option('--email', email), '--no-eff-email']),
      ...option('--cert-name', lineage),
      ...keyOptions(keyType),
      ...challengeOptions(source.challenge),
      ...(profile === undefined ? [] : option('--preferred-profile', profile)),
      ...folderOptions(folders),
      ...source.names.flatMap((name) =>
        option(isIP(name) === 0 ? '--domain' : '--ip-address', name),
      ),
    ],
    ...trusting(rootsFile),
  };
}

/**
 * The command that has certbot renew one lineage, where certbot finds that it is time. Hooks are left
 * out: what asked for it takes the certificate itself. Pure.
 */
export function renewCommand(
  { program }: Pick<Certbot, 'program'>,
  { lineage, folders, rootsFile, force }: CertbotRenewal,
): Command {
  return {
    program,
    args: [
      ...['renew', '--non-interactive', '--no-directory-hooks', '--no-random-sleep-on-renew'],
      ...option('--cert-name', lineage),
      ...(force ? ['--force-renewal'] : []),
      ...folderOptions(folders),
    ],
    ...trusting(rootsFile),
  };
}

/** certbot's HTTP library takes this file in the place of its own roots. */
function trusting(rootsFile: string | undefined): Pick<Command, 'env'> {
  return rootsFile === undefined ? {} : { env: { REQUESTS_CA_BUNDLE: rootsFile } };
}

/** What begins with a hyphen would be read as an option of its own. */
function option(name: string, value: string): readonly string[] {
  return value.startsWith('-') ? [`${name}=${value}`] : [name, value];
}

function keyOptions(keyType: Settings['keyType']): readonly string[] {
  return keyType === 'ecdsa-p256'
    ? ['--key-type', 'ecdsa', '--elliptic-curve', 'secp256r1']
    : ['--key-type', 'rsa', '--rsa-key-size', keyType.replace('rsa-', '')];
}

/** @throws ExplainedError `certbot-challenge` */
function challengeOptions(challenge: Challenge): readonly string[] {
  switch (challenge.type) {
    case 'http-01':
      return [
        '--standalone',
        ...(challenge.port === 80 ? [] : ['--http-01-port', String(challenge.port)]),
      ];
    case 'http-01-webroot':
      return ['--webroot', ...option('--webroot-path', challenge.webroot)];
    case 'dns-01': {
      if (challenge.hook === undefined) throw explainHookless();
      const hook = hookLine(challenge.hook);
      return [
        ...['--manual', '--preferred-challenges', 'dns'],
        ...['--manual-auth-hook', `${hook} auth`, '--manual-cleanup-hook', `${hook} cleanup`],
      ];
    }
    case 'tls-alpn-01':
      throw new ExplainedError({
        code: 'certbot-challenge',
        what: 'certbot has no tls-alpn-01.',
        next: 'Use http-01 or dns-01, or Request Certificate (ACME), which has it.',
        inTerminal: 'Use http-01 or dns-01, or chroma-tls request, which has it.',
      });
  }
}

/**
 * certbot hands it to a shell, and before that looks for its first word, up to a space, among the
 * programs: quotes would be in the way.
 */
function hookLine(hook: string): string {
  const quoted = quoteForShell(hook);
  return quoted === hook ? hook : `env ${quoted}`;
}

function explainHookless(): ExplainedError {
  return new ExplainedError({
    code: 'certbot-challenge',
    what: 'certbot needs a program that sets the DNS record.',
    why: 'Without one it asks at a terminal, also at each renewal.',
    next: 'Name one, or use Request Certificate (ACME), which shows you the record.',
    inTerminal: 'Name it with --dns-hook, or use chroma-tls request, which shows you the record.',
  });
}

/** @throws ExplainedError `certbot-too-old` */
function refuseTooOld({ version, capabilities }: Certbot, { names, profile }: AcmeSource): void {
  if (profile !== undefined && !capabilities.profiles) {
    throw explainTooOld(version, 'profiles (--preferred-profile)', '4.0');
  }
  if (!capabilities.addresses && names.some((name) => isIP(name) !== 0)) {
    throw explainTooOld(version, 'IP addresses (--ip-address)', '5.3');
  }
}

function explainTooOld(version: string, what: string, since: string): ExplainedError {
  return new ExplainedError({
    code: 'certbot-too-old',
    what: `This certbot (${version}) has no ${what}.`,
    why: `certbot has them since ${since}.`,
    next: 'Install a newer one, such as its snap, or use Request Certificate (ACME).',
    inTerminal: 'Install a newer one, such as its snap, or use chroma-tls request.',
  });
}
