import { isIP } from 'node:net';
import { ExplainedError, toProblem, type ProblemText } from '../system/errors.ts';

export const RUNTIMES = ['auto', 'docker', 'compose', 'local', 'external'] as const;
export const TLS_TERMINATIONS = ['auto', 'uvicorn', 'nginx', 'envoy', 'embedded'] as const;
export const CERTIFICATE_KINDS = ['local-ca', 'self-signed', 'seed'] as const;
export const ENGINES = ['builtin', 'openssl', 'docker'] as const;
export const KEY_TYPES = ['ecdsa-p256', 'rsa-2048', 'rsa-3072', 'rsa-4096'] as const;

/** The settings `chromaTls.*`, flat; a test holds the defaults against the manifest. */
export interface Settings {
  readonly runtime: (typeof RUNTIMES)[number];
  /** A name looked up on PATH and in the usual places, or an absolute path. */
  readonly containerCommand: string;
  readonly image: string;
  readonly tlsTermination: (typeof TLS_TERMINATIONS)[number];
  readonly nginxImage: string;
  readonly envoyImage: string;
  readonly bindAddress: string;
  readonly port: number;
  readonly certificatesFolder: string;
  readonly envFile: string;
  readonly certificateKind: (typeof CERTIFICATE_KINDS)[number];
  readonly keyType: (typeof KEY_TYPES)[number];
  /** Days. */
  readonly validityDays: number;
  readonly certificateEngine: (typeof ENGINES)[number];
  readonly keepAuthorityKey: boolean;
  readonly additionalNames: readonly string[];
  /** Seconds between two heartbeats of a healthy server. */
  readonly heartbeatInterval: number;
  /** The `chroma` program of a local server; empty means: look for one. */
  readonly localCommand: string;
}

export const DEFAULT_SETTINGS: Settings = {
  runtime: 'auto',
  containerCommand: 'docker',
  image: 'chromadb/chroma:1.5.9',
  tlsTermination: 'auto',
  nginxImage: 'nginx:1.29-alpine',
  envoyImage: 'envoyproxy/envoy:v1.40.0',
  bindAddress: '127.0.0.1',
  port: 8000,
  certificatesFolder: 'certs',
  envFile: '.env',
  certificateKind: 'local-ca',
  keyType: 'ecdsa-p256',
  validityDays: 365,
  certificateEngine: 'builtin',
  keepAuthorityKey: true,
  additionalNames: ['localhost', '127.0.0.1', '::1'],
  heartbeatInterval: 5,
  localCommand: '',
};

/** The name a setting has in settings.json, under `chromaTls.`. */
export const SETTING_KEYS: Readonly<Record<keyof Settings, string>> = {
  runtime: 'runtime',
  containerCommand: 'containerCommand',
  image: 'image',
  tlsTermination: 'tlsTermination',
  nginxImage: 'nginxImage',
  envoyImage: 'envoyImage',
  bindAddress: 'bindAddress',
  port: 'port',
  certificatesFolder: 'certificatesFolder',
  envFile: 'envFile',
  certificateKind: 'certificate.kind',
  keyType: 'certificate.keyType',
  validityDays: 'certificate.validityDays',
  certificateEngine: 'certificate.engine',
  keepAuthorityKey: 'certificate.keepAuthorityKey',
  additionalNames: 'certificate.additionalNames',
  heartbeatInterval: 'heartbeat.interval',
  localCommand: 'localCommand',
};

/** The settings that say what a certificate is like and what makes it. */
export interface CertificateSettings extends Pick<
  Settings,
  'additionalNames' | 'keyType' | 'validityDays' | 'keepAuthorityKey' | 'containerCommand'
> {
  readonly kind: Settings['certificateKind'];
  readonly engine: Settings['certificateEngine'];
}

/** Picks them, as a request to generate a certificate wants them. */
export function certificateSettings(settings: Settings): CertificateSettings {
  const { additionalNames, keyType, validityDays, keepAuthorityKey, containerCommand } = settings;
  return {
    additionalNames,
    keyType,
    validityDays,
    keepAuthorityKey,
    containerCommand,
    kind: settings.certificateKind,
    engine: settings.certificateEngine,
  };
}

/**
 * Checks settings a user (or a workspace) wrote, and fills in the defaults.
 *
 * A workspace is not trusted to write a command line: an image must look like an image reference
 * (the distribution reference grammar, loosely), so that it can never be taken for an option.
 *
 * @throws ExplainedError `invalid-setting`, naming the setting and what it may be
 */
export function readSettings(raw: Partial<Record<keyof Settings, unknown>>): Settings {
  const { settings, problems } = examineSettings(raw);
  const [problem] = problems;
  if (problem) throw new InvalidSettingError(problem, settings);
  return settings;
}

/** A setting cannot be what a user wrote; the others still hold. */
export class InvalidSettingError extends ExplainedError {
  /** The settings with the default in place of what cannot be: for looking, never for a start. */
  readonly usable: Settings;

  constructor(problem: ProblemText, usable: Settings) {
    super(problem);
    this.usable = usable;
  }
}

function examineSettings(raw: Partial<Record<keyof Settings, unknown>>): {
  readonly settings: Settings;
  readonly problems: readonly ProblemText[];
} {
  const problems: ProblemText[] = [];
  const get = <K extends keyof Settings>(
    key: K,
    accept: (value: unknown) => value is Settings[K],
    expected: string,
  ): Settings[K] => {
    const value = raw[key];
    if (value === undefined || value === null) return DEFAULT_SETTINGS[key];
    if (accept(value)) return value;
    problems.push({
      code: 'invalid-setting',
      what: `The setting chromaTls.${SETTING_KEYS[key]} cannot be ${JSON.stringify(value)}.`,
      why: `It must be ${expected}.`,
      next: 'Correct it in the settings.',
      action: { openSetting: `chromaTls.${SETTING_KEYS[key]}` },
    });
    return DEFAULT_SETTINGS[key];
  };
  const settings: Settings = {
    runtime: get('runtime', oneOf(RUNTIMES), `one of ${RUNTIMES.join(', ')}`),
    containerCommand: get('containerCommand', isCommand, 'a program name or an absolute path'),
    image: get('image', isImage, 'an image such as chromadb/chroma:1.5.9'),
    tlsTermination: get(
      'tlsTermination',
      oneOf(TLS_TERMINATIONS),
      `one of ${TLS_TERMINATIONS.join(', ')}`,
    ),
    nginxImage: get('nginxImage', isImage, 'an image such as nginx:1.29-alpine'),
    envoyImage: get('envoyImage', isImage, 'an image such as envoyproxy/envoy:v1.40.0'),
    bindAddress: get('bindAddress', isAddress, 'an IP address such as 127.0.0.1'),
    port: get('port', integerIn(1, 65_535), 'a port from 1 to 65535'),
    certificatesFolder: get('certificatesFolder', isText, 'a folder in the workspace'),
    envFile: get('envFile', isText, 'a file in the workspace'),
    certificateKind: get(
      'certificateKind',
      oneOf(CERTIFICATE_KINDS),
      `one of ${CERTIFICATE_KINDS.join(', ')}`,
    ),
    keyType: get('keyType', oneOf(KEY_TYPES), `one of ${KEY_TYPES.join(', ')}`),
    validityDays: get('validityDays', integerIn(1, 3650), 'a number of days from 1 to 3650'),
    certificateEngine: get('certificateEngine', oneOf(ENGINES), `one of ${ENGINES.join(', ')}`),
    keepAuthorityKey: get('keepAuthorityKey', isBoolean, 'true or false'),
    additionalNames: get('additionalNames', isTexts, 'a list of names'),
    heartbeatInterval: get('heartbeatInterval', integerIn(1, 3600), 'seconds from 1 to 3600'),
    localCommand: get('localCommand', isCommandOrEmpty, 'a program name or an absolute path'),
  };
  return { settings, problems };
}

/** Which settings a user has made, be it to the value that is their default. Pure. */
export function listChosen(
  raw: Partial<Record<keyof Settings, unknown>>,
): ReadonlySet<keyof Settings> {
  return new Set(settingNames().filter((name) => raw[name] !== undefined && raw[name] !== null));
}

/** The names of all settings, as they are in `Settings`. */
export function settingNames(): readonly (keyof Settings)[] {
  // Object.keys forgets the type of what it was given.
  return Object.keys(DEFAULT_SETTINGS) as (keyof Settings)[];
}

/** Why a value cannot be a setting's, for an input box as one types; undefined when it can. */
export function explainInvalidSetting(key: keyof Settings, value: unknown): string | undefined {
  try {
    readSettings({ [key]: value });
    return undefined;
  } catch (error) {
    return toProblem(error).why;
  }
}

function oneOf<T extends string>(values: readonly T[]): (value: unknown) => value is T {
  return (value): value is T => values.some((allowed) => allowed === value);
}

function integerIn(least: number, most: number): (value: unknown) => value is number {
  return (value): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && !value.includes('\0');
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && isIP(value) !== 0;
}

function isImage(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9][\w.\-/:]*(@sha256:[0-9a-f]{64})?$/i.test(value);
}

function isCommand(value: unknown): value is string {
  return isText(value) && !value.startsWith('-');
}

function isCommandOrEmpty(value: unknown): value is string {
  return value === '' || isCommand(value);
}
