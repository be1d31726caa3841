import { parseArgs } from 'node:util';
import { toProblem } from '../system/errors.ts';
import { resolveNames } from '../project/certificate-name.ts';
import { explainInvalidName } from '../project/domain.ts';
import { explainInvalidSetting, type Settings } from '../project/settings.ts';
import { OPTION_FORMS } from './option-forms.ts';

const VERB_NAMES = [
  'generate',
  'import',
  'export',
  'protect',
  'restore',
  'start',
  'stop',
  'status',
  'logs',
  'doctor',
  'compose',
  'clients',
  'env',
  'mcp',
  'trust',
  'untrust',
  'certbot',
  'renew',
  'request',
  'aws',
  'clean',
] as const;
export type Verb = (typeof VERB_NAMES)[number];

export interface CliOptions {
  readonly domain?: string;
  readonly yes: boolean;
  readonly json: boolean;
  /** Clean: the data too. */
  readonly data: boolean;
  readonly bearerToken: boolean;
  readonly separate: boolean;
  /** Clients: which one, by its name. */
  readonly language?: string;
  /** Env: for which shell, and whether the bearer token is among it. */
  readonly shell?: string;
  readonly showToken: boolean;
  /** Restore: only show what there is. */
  readonly list: boolean;
  /** Restore: the name of a backup. */
  readonly backup?: string;
  /** Import: what to import. Export: the request to sign. */
  readonly files: readonly string[];
  /** Export: the form, and where it goes. */
  readonly form?: CliForm;
  readonly out?: string;
  /** Protect: the key is to have no passphrase. */
  readonly remove: boolean;
  /** Request, certbot, renew and aws, by the names they are given on the command line. */
  readonly fetching: FetchingOptions;
}

/** What says where a certificate from elsewhere is fetched, as it was typed. */
export interface FetchingOptions {
  /** aws: import, request, export or list. */
  readonly action?: string | undefined;
  readonly directory?: string | undefined;
  readonly 'directory-root'?: string | undefined;
  readonly challenge?: string | undefined;
  readonly 'http-port'?: string | undefined;
  readonly 'tls-port'?: string | undefined;
  readonly webroot?: string | undefined;
  readonly profile?: string | undefined;
  readonly 'dns-hook'?: string | undefined;
  readonly 'eab-kid'?: string | undefined;
  readonly 'eab-hmac-file'?: string | undefined;
  readonly email?: string | undefined;
  readonly 'agree-tos': boolean;
  /** certbot: the name of a lineage; empty for a list of them. */
  readonly adopt?: string | undefined;
  readonly 'config-dir'?: string | undefined;
  readonly force: boolean;
  /** renew: only print what has a scheduler run it. */
  readonly 'print-timer'?: string | undefined;
  readonly region?: string | undefined;
  readonly 'endpoint-url'?: string | undefined;
  readonly arn?: string | undefined;
  readonly wait: boolean;
}

/** What `aws` can be told to do. */
const AWS_ACTIONS: readonly string[] = ['import', 'request', 'export', 'list'];

const CLI_FORMS = [
  'pkcs12',
  'trust-store',
  'chain',
  'der',
  'ca-der',
  'csr',
  'signed',
  'pin',
] as const;
type CliForm = (typeof CLI_FORMS)[number];

export interface CliArguments {
  readonly verb: Verb;
  readonly help: boolean;
  readonly options: CliOptions;
  readonly settings: Partial<Record<keyof Settings, unknown>>;
}

/** The command line is not what the usage says; exit code 2. */
export class UsageError extends Error {}

/** Reads the command line. @throws UsageError */
export function readArguments(argv: readonly string[]): CliArguments {
  const { values, positionals } = parse(argv);
  const [first = values.help ? 'status' : '', ...more] = positionals;
  const verb = VERB_NAMES.find((name) => name === first);
  if (verb === undefined) {
    throw new UsageError(first === '' ? 'Which verb?' : `There is no verb ${first}.`);
  }
  const [backup] = verb === 'restore' ? more.splice(0, 1) : [];
  const [action] = verb === 'aws' ? more.splice(0, 1) : [];
  const form = CLI_FORMS.find((name) => name === values.form);
  const takesFiles = verb === 'import' ? Infinity : verb === 'export' && form === 'signed' ? 1 : 0;
  const files = more.splice(0, takesFiles);
  if (!values.help) refuseIncomplete(verb, { ...values, files, action });
  if (more.length > 0) throw new UsageError(`${more.join(' ')} is one word too many.`);
  if (values.domain !== undefined)
    refuse('domain', values.domain, explainInvalidName(values.domain));
  const settings = readOptions({
    ...values,
    // Not a number stays the text it is, to be named.
    port: toNumber(values.port),
    days: toNumber(values.days),
  });
  if (values.kind === 'seed' && (values['key-type'] ?? values.days ?? values.name) !== undefined) {
    throw new UsageError(
      '--kind seed is RSA-2048 for 365 days and the domain alone: leave out --key-type, --days and --name.',
    );
  }
  return {
    verb,
    help: values.help,
    options: {
      yes: values.yes,
      json: values.json,
      data: values.data,
      bearerToken: values['bearer-token'],
      separate: values.separate,
      showToken: values['show-token'],
      list: values.list,
      files,
      remove: values.remove,
      fetching: { ...values, action },
      ...(values.language === undefined ? {} : { language: values.language }),
      ...(values.shell === undefined ? {} : { shell: values.shell }),
      ...(form === undefined ? {} : { form }),
      ...(values.out === undefined ? {} : { out: values.out }),
      ...(backup === undefined ? {} : { backup }),
      ...(values.domain === undefined ? {} : { domain: values.domain }),
    },
    settings: {
      ...settings,
      ...(values['discard-authority-key'] ? { keepAuthorityKey: false } : {}),
    },
  };
}

/** @throws UsageError where an import or an export lacks what it is about */
function refuseIncomplete(
  verb: Verb,
  given: {
    readonly files: readonly string[];
    readonly form?: string;
    readonly out?: string;
    readonly action: string | undefined;
  },
): void {
  const { files, form, out, action } = given;
  if (verb === 'aws' && (action === undefined || !AWS_ACTIONS.includes(action))) {
    const said = action === undefined ? 'What with AWS?' : `aws cannot ${action}.`;
    throw new UsageError(`${said} It takes one of ${AWS_ACTIONS.join(', ')}.`);
  }
  if (verb === 'import' && files.length === 0) {
    throw new UsageError(
      'Which files? import takes those of the certificate, the key and the chain.',
    );
  }
  if (verb !== 'export') return;
  if (!CLI_FORMS.some((name) => name === form)) {
    const said = form === undefined ? 'Which form?' : `There is no form ${form}.`;
    throw new UsageError(`${said} --form is one of ${CLI_FORMS.join(', ')}.`);
  }
  if (form === 'signed' && files.length === 0) {
    throw new UsageError('Which request? Name the file of the certificate request last.');
  }
  if (form !== 'pin' && (out === undefined || out === '')) {
    throw new UsageError('Where to? --out names the file.');
  }
}

/** The options that are a setting each, by their own names. */
const SETTING_OPTIONS = {
  runtime: 'runtime',
  image: 'image',
  tls: 'tlsTermination',
  'nginx-image': 'nginxImage',
  'envoy-image': 'envoyImage',
  'container-command': 'containerCommand',
  'local-command': 'localCommand',
  port: 'port',
  'bind-address': 'bindAddress',
  token: 'token',
  'cors-origin': 'corsOrigins',
  'key-type': 'keyType',
  kind: 'certificateKind',
  engine: 'certificateEngine',
  days: 'validityDays',
  folder: 'certificatesFolder',
  name: 'additionalNames',
} as const satisfies Readonly<Record<string, keyof Settings>>;

type SettingOption = keyof typeof SETTING_OPTIONS;

/** What was given of them, each checked, so that it is the option that is spoken of. */
function readOptions(
  given: Readonly<Partial<Record<SettingOption, unknown>>>,
): CliArguments['settings'] {
  const settings: Partial<Record<keyof Settings, unknown>> = {};
  // Object.keys forgets the type of what it was given.
  for (const option of Object.keys(SETTING_OPTIONS) as SettingOption[]) {
    const value = given[option];
    if (value === undefined) continue;
    const setting = SETTING_OPTIONS[option];
    refuse(
      option,
      value,
      explainInvalidSetting(setting, value) ?? explainInvalidNames(setting, value),
    );
    settings[setting] = value;
  }
  return settings;
}

/** @throws UsageError where there is a reason */
function refuse(option: string, value: unknown, reason: string | undefined): void {
  if (reason === undefined) return;
  throw new UsageError(`--${option} cannot be ${String(value) || 'empty'}. ${reason}`);
}

/** What the schema of the setting does not say of a name. */
function explainInvalidNames(setting: keyof Settings, value: unknown): string | undefined {
  if (setting !== 'additionalNames' || !Array.isArray(value)) return undefined;
  try {
    resolveNames('localhost', value.map(String));
    return undefined;
  } catch (error) {
    const { what, why } = toProblem(error);
    return [what, why].filter(Boolean).join(' ');
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: argv.map((word, index) => (isAdoptAlone(argv, index) ? '--adopt=' : word)),
      allowPositionals: true,
      options: OPTION_FORMS,
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** `--adopt` without a name asks which there are; to Node.js it would lack its value. */
function isAdoptAlone(argv: readonly string[], index: number): boolean {
  const next = argv[index + 1];
  return argv[index] === '--adopt' && (next === undefined || next.startsWith('-'));
}

function toNumber(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : text;
}
