import { isIP } from 'node:net';
import {
  array,
  boolean,
  check,
  config,
  integer,
  literal,
  maxValue,
  minValue,
  nullish,
  number,
  object,
  parse,
  picklist,
  pipe,
  readonly,
  regex,
  safeParse,
  string,
  union,
  type BaseIssue,
  type BaseSchema,
  type InferOutput,
} from 'valibot';
import { ExplainedError, toProblem, type Problem } from '../system/errors.ts';
import { SETTING_KEYS } from './setting-keys.ts';

export const RUNTIMES = ['auto', 'docker', 'compose', 'local', 'external'] as const;
export const TLS_TERMINATIONS = ['auto', 'uvicorn', 'nginx', 'envoy', 'embedded'] as const;
const TOKENS = ['none', 'generated'] as const;
export const CERTIFICATE_KINDS = ['local-ca', 'self-signed', 'seed'] as const;
export const ENGINES = ['builtin', 'openssl', 'docker'] as const;
export const KEY_TYPES = ['ecdsa-p256', 'rsa-2048', 'rsa-3072', 'rsa-4096'] as const;

const FULL_TEXT = pipe(
  string(),
  check((text) => text.trim() !== '' && !text.includes('\0')),
);
const COMMAND = pipe(
  FULL_TEXT,
  check((text) => !text.startsWith('-')),
);
/** Loosely the grammar of image references; a workspace must not write an option into a command. */
const IMAGE = pipe(string(), regex(/^[a-z0-9][\w.\-/:]*(@sha256:[0-9a-f]{64})?$/i));
const ADDRESS = pipe(
  string(),
  check((text) => isIP(text) !== 0),
);

/** As a browser names it, and with nothing that a proxy's configuration could take for its own. */
const ORIGIN = pipe(
  string(),
  regex(/^https?:\/\/(?:[a-z\d.-]+|\[[a-f\d:.]+\])(?::[1-9]\d{0,4})?$/),
  check(isOrigin),
);

/** The settings `chromaTls.*`, flat, with their defaults, which a test holds against the manifest. */
const SETTINGS = object({
  runtime: nullish(oneOf(RUNTIMES), 'auto'),
  /** A name looked up on PATH and in the usual places, or an absolute path. */
  containerCommand: nullish(mustBe('a program name or an absolute path', COMMAND), 'docker'),
  image: nullish(mustBe('an image such as chromadb/chroma:1.5.9', IMAGE), 'chromadb/chroma:1.5.9'),
  tlsTermination: nullish(oneOf(TLS_TERMINATIONS), 'auto'),
  nginxImage: nullish(mustBe('an image such as nginx:1.29-alpine', IMAGE), 'nginx:1.29-alpine'),
  envoyImage: nullish(
    mustBe('an image such as envoyproxy/envoy:v1.40.0', IMAGE),
    'envoyproxy/envoy:v1.40.0',
  ),
  bindAddress: nullish(mustBe('an IP address such as 127.0.0.1', ADDRESS), '127.0.0.1'),
  port: nullish(mustBe('a port from 1 to 65535', integerIn(1, 65_535)), 8000),
  /** Whether clients have to present a bearer token, which is made for the workspace. */
  token: nullish(oneOf(TOKENS), 'none'),
  /** The origins whose pages a browser lets ask the server. */
  corsOrigins: nullish(
    mustBe('a list of origins such as http://localhost:5173', pipe(array(ORIGIN), readonly())),
    [],
  ),
  certificatesFolder: nullish(mustBe('a folder in the workspace', FULL_TEXT), 'certs'),
  envFile: nullish(mustBe('a file in the workspace', FULL_TEXT), '.env'),
  certificateKind: nullish(oneOf(CERTIFICATE_KINDS), 'local-ca'),
  keyType: nullish(oneOf(KEY_TYPES), 'ecdsa-p256'),
  /** Days. */
  validityDays: nullish(mustBe('a number of days from 1 to 3650', integerIn(1, 3650)), 365),
  certificateEngine: nullish(oneOf(ENGINES), 'builtin'),
  keepAuthorityKey: nullish(mustBe('true or false', boolean()), true),
  additionalNames: nullish(mustBe('a list of names', pipe(array(string()), readonly())), [
    'localhost',
    '127.0.0.1',
    '::1',
  ]),
  /** Seconds between two heartbeats of a healthy server. */
  heartbeatInterval: nullish(mustBe('seconds from 1 to 3600', integerIn(1, 3600)), 5),
  /** The `chroma` program of a local server; empty means: look for one. */
  localCommand: nullish(
    mustBe('a program name or an absolute path', union([literal(''), COMMAND])),
    '',
  ),
  /** VS Code only: terminals, tasks and debug sessions of the folder verify its server by themselves. */
  terminalEnvironment: nullish(mustBe('true or false', boolean()), false),
  /** VS Code only: starts the server of a folder that is opened, where it ran before. */
  startOnOpen: nullish(mustBe('true or false', boolean()), false),
});

/** The settings `chromaTls.*`, checked. */
export type Settings = Readonly<InferOutput<typeof SETTINGS>>;

/** What a user or a workspace wrote, by the names in `Settings`. */
export type WrittenSettings = Readonly<Partial<Record<keyof Settings, unknown>>>;

export const DEFAULT_SETTINGS: Settings = parse(SETTINGS, {});

/** The settings that say what a certificate is like and what makes it. */
export interface CertificateSettings extends Pick<
  Settings,
  'additionalNames' | 'keyType' | 'validityDays' | 'keepAuthorityKey' | 'containerCommand'
> {
  readonly kind: Settings['certificateKind'];
  readonly engine: Settings['certificateEngine'];
}

/** Picks the settings that a request to generate a certificate needs. */
export function certificateSettings(settings: Settings): CertificateSettings {
  const { additionalNames, keyType, validityDays, keepAuthorityKey, containerCommand } = settings;
  const [kind, engine] = [settings.certificateKind, settings.certificateEngine];
  return {
    additionalNames,
    keyType,
    validityDays,
    keepAuthorityKey,
    containerCommand,
    kind,
    engine,
  };
}

/** A setting cannot be what a user wrote; the others still hold. */
class InvalidSettingError extends ExplainedError {
  /** The settings with the default in place of what cannot be: for looking, never for a start. */
  readonly usable: Settings;

  constructor(problem: Problem, usable: Settings) {
    super(problem);
    this.usable = usable;
  }
}

/**
 * Checks settings that a user or a workspace wrote, and fills in the defaults.
 *
 * @throws InvalidSettingError `invalid-setting`, naming the setting and what it may be
 */
export function readSettings(raw: WrittenSettings): Settings {
  const read = safeParse(SETTINGS, raw);
  if (read.success) return read.output;
  const bad = settingNames().filter((name) =>
    read.issues.some(({ path: [{ key }] = [{ key: '' }] }) => key === name),
  );
  const usable = parse(SETTINGS, {
    ...raw,
    ...Object.fromEntries(bad.map((name) => [name, undefined])),
  });
  const [name = 'runtime'] = bad;
  const key = `chromaTls.${SETTING_KEYS[name]}`;
  throw new InvalidSettingError(
    {
      code: 'invalid-setting',
      what: `The setting ${key} cannot be ${JSON.stringify(raw[name])}.`,
      why: read.issues[0].message,
      next: 'Correct it in the settings.',
      action: { openSetting: key },
    },
    usable,
  );
}

/** Settings to look with, whatever a user wrote. */
export interface UsableSettings {
  readonly settings: Settings;
  /** Why they are not what is written: one of them cannot be. */
  readonly problem?: Problem;
}

/**
 * Reads settings for looking at a server, which goes on in spite of an invalid one. The last good ones
 * hold then, or, where there were none, the others with the default of that one.
 *
 * @param read throws InvalidSettingError
 */
export function rememberSettings(read: () => Settings): () => UsableSettings {
  let last: Settings | undefined;
  return () => {
    try {
      last = read();
      return { settings: last };
    } catch (error) {
      if (!(error instanceof InvalidSettingError)) throw error;
      return { settings: last ?? error.usable, problem: error.problem };
    }
  };
}

/** Which settings a user has made, even to their default. Pure. */
export function listChosen(raw: WrittenSettings): ReadonlySet<keyof Settings> {
  return new Set(settingNames().filter((name) => (raw[name] ?? undefined) !== undefined));
}

/** The names of all settings, as they are in `Settings`. */
export function settingNames(): readonly (keyof Settings)[] {
  // Object.keys forgets the type of what it was given.
  return Object.keys(SETTINGS.entries) as (keyof Settings)[];
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

/** Whether a browser would name it so: in lower case, without the usual port. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

function mustBe<Schema extends BaseSchema<unknown, unknown, BaseIssue<unknown>>>(
  expected: string,
  schema: Schema,
): Schema {
  return config(schema, { message: `It must be ${expected}.` });
}

function oneOf<const Values extends readonly string[]>(values: Values) {
  return picklist(values, `It must be one of ${values.join(', ')}.`);
}

function integerIn(least: number, most: number) {
  return pipe(number(), integer(), minValue(least), maxValue(most));
}
