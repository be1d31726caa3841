import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  certificateFiles,
  type CertificateFiles,
} from '../../../../src/project/certificate-files.ts';
import {
  generateFiles,
  type GenerateRequest,
} from '../../../../src/certificates/generate-files.ts';
import {
  certificateSettings,
  DEFAULT_SETTINGS,
  ENGINES,
  KEY_TYPES,
} from '../../../../src/project/settings.ts';

/** What is served, and the certificate its client trusts. */
export type Served = Pick<CertificateFiles, 'certificate' | 'key' | 'ca'> &
  Partial<CertificateFiles>;

/** A pair that the verifiers are to judge. */
export interface Subject {
  readonly title: string;
  /** Names to ask for, each of which is to be accepted. */
  readonly asked: readonly string[];
  readonly make: () => Promise<Served>;
}

export type Recipe = Pick<GenerateRequest, 'kind' | 'keyType'> & {
  /** The domain first. */
  readonly names: readonly [string, ...string[]];
};

/** Every form of name. */
export const EVERY_FORM = {
  names: [
    'localhost',
    '127.0.0.1',
    '::1',
    '*.chroma.test',
    'bücher.test',
    'https://chroma.test/api',
    'admin@chroma.test',
  ],
  asked: ['localhost', '127.0.0.1', '::1', 'one.chroma.test', 'xn--bcher-kva.test'],
} as const;

/** The kinds of our own profile; the kind `seed` is exactly what its page makes, one of the peers. */
const KINDS = ['local-ca', 'self-signed'] as const;

/** What Chroma TLS makes: every kind with every key by every engine, and what is special besides. */
export const SUBJECTS: readonly Subject[] = [
  ...KINDS.flatMap((kind) =>
    KEY_TYPES.flatMap((keyType) => ENGINES.map((engine) => everyForm({ kind, keyType, engine }))),
  ),
  ...KINDS.flatMap((kind) => [
    // A type of name that an authority has none of is excluded whole.
    only({ kind, names: ['localhost'], what: 'a host name only' }),
    only({ kind, names: ['127.0.0.1', '::1'], what: 'addresses only' }),
    trustingChain(kind),
  ]),
];

/** The kind `seed` by every engine. */
export const SEEDS: readonly Subject[] = ENGINES.map((engine) => ({
  title: `the kind seed, by ${engine}`,
  asked: ['localhost'],
  make: once(() =>
    makePair({ kind: 'seed', keyType: 'rsa-2048', names: ['localhost'] }, { engine }),
  ),
}));

/** Makes a pair by our own code, in a workspace of its own. */
export async function makePair(
  { kind, keyType, names: [domain, ...additionalNames] }: Recipe,
  how: Partial<GenerateRequest> = {},
): Promise<CertificateFiles & { readonly workspace: string }> {
  const workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-pair-'));
  const folder = join(workspace, 'certs');
  await generateFiles({
    workspace,
    folder,
    domain,
    ...certificateSettings(DEFAULT_SETTINGS),
    additionalNames,
    kind,
    keyType,
    ...how,
  });
  return { workspace, ...certificateFiles(folder) };
}

/** Long RSA keys take seconds; all who ask for a subject get the same. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

function everyForm({
  engine,
  ...recipe
}: Omit<Recipe, 'names'> & Pick<GenerateRequest, 'engine'>): Subject {
  const { names, asked } = EVERY_FORM;
  return {
    title: `${recipe.kind}, ${recipe.keyType}, by ${engine}`,
    asked,
    make: once(() => makePair({ ...recipe, names }, { engine })),
  };
}

function only({ what, ...recipe }: Omit<Recipe, 'keyType'> & { readonly what: string }): Subject {
  return {
    title: `${recipe.kind}, ${what}`,
    asked: recipe.names,
    make: once(() => makePair({ ...recipe, keyType: 'ecdsa-p256' })),
  };
}

/** As the seed page has its clients do: they are pointed at what the server serves. */
function trustingChain(kind: Recipe['kind']): Subject {
  return {
    title: `${kind}, the client trusts servercert.pem`,
    asked: ['localhost', '127.0.0.1'],
    make: once(async () => {
      const files = await makePair({
        kind,
        keyType: 'ecdsa-p256',
        names: ['localhost', '127.0.0.1'],
      });
      return { ...files, ca: files.certificate };
    }),
  };
}
