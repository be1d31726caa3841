import { X509Certificate } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeTrustStore } from '../../../src/certificates/encoding/pkcs12/write.ts';
import { findPart, type Parts } from '../../parts.ts';
import { program, type CliOutcome } from '../fixtures/cli.ts';
import type { Fault } from './judged-servers.ts';

/** A client whose code is run as it is printed. */
export interface Runnable {
  /** Of the catalogue. */
  readonly id: string;
  readonly part: keyof Parts;
  /** As which the code is saved. */
  readonly file: string;
  readonly run: (file: string, ca: string, env?: NodeJS.ProcessEnv) => Promise<CliOutcome>;
  /** What it prints when it has found the document. */
  readonly found: RegExp;
  /** What it says where it refuses a server; one text where it tells none from another. */
  readonly says: string | Readonly<Record<Fault, string>>;
  /** Its client takes minutes to compile, so that only `npm test -- matrix` runs it. */
  readonly isSlow?: true;
  /** Whether it refuses a server that it calls by its address. */
  readonly byNameOnly?: true;
}

type Run = Runnable['run'];

const pythonOf =
  (part: 'chroma 1.5.9' | 'python clients'): Run =>
  (file, _ca, env) => {
    const found = findPart(part);
    return program(found.available ? found.python : 'python3', [file], environment(env));
  };
const node: Run = (file, ca, env) =>
  program(process.execPath, [file], environment({ NODE_EXTRA_CA_CERTS: ca, ...env }));
const bun: Run = (file, ca, env) => {
  const found = findPart('bun');
  const command = found.available ? found.command : 'bun';
  return program(command, [file], environment({ NODE_EXTRA_CA_CERTS: ca, ...env }));
};
const deno: Run = (file, ca, env) => {
  const found = findPart('deno');
  const [command, own] = found.available ? [found.command, found.env] : ['deno', {}];
  const args = ['run', '--allow-net', '--allow-env', '--allow-read', '--cert', ca, file];
  return program(command, args, environment({ ...own, ...env }));
};

/** In the module that has the client beside it: a program is a package of its own there. */
const go: Run = async (file, _ca, env) => {
  const found = findPart('go client');
  if (!found.available) throw new Error(found.reason);
  const folder = await mkdtemp(join(found.folder, 'program-'));
  await copyFile(file, join(folder, 'main.go'));
  const ran = await program('go', ['run', `./${basename(folder)}`], {
    cwd: found.folder,
    ...environment({ ...found.env, ...env }),
  });
  await rm(folder, { recursive: true });
  return ran;
};
/** In a package of its own that shares what is compiled. */
const rust: Run = async (file, ca, env) => {
  const found = findPart('rust client');
  if (!found.available) throw new Error(found.reason);
  const folder = await mkdtemp(join(found.folder, 'program-'));
  for (const name of ['Cargo.toml', 'Cargo.lock']) {
    await copyFile(join(found.folder, name), join(folder, name));
  }
  await mkdir(join(folder, 'src'));
  await copyFile(file, join(folder, 'src', 'main.rs'));
  const target = join(found.folder, 'target');
  const built = await program('cargo', ['build', '--quiet', '--target-dir', target], {
    cwd: folder,
  });
  await rm(folder, { recursive: true });
  if (built.code !== 0) return built;
  return program(join(target, 'debug', 'example'), [], environment({ SSL_CERT_FILE: ca, ...env }));
};
const ruby: Run = (file, _ca, env) => {
  const found = findPart('ruby');
  return program(found.available ? found.command : 'ruby', [file], environment(env));
};
const java: Run = async (file, ca, env) => {
  const found = findPart('java client');
  if (!found.available) throw new Error(found.reason);
  const certificate = new X509Certificate(await readFile(ca));
  const store = join(dirname(file), 'trust.p12');
  await writeFile(
    store,
    await writeTrustStore({ trusted: [{ alias: 'ca', certificate }] }, 'PASSWORD'),
  );
  const trust = [
    `-Djavax.net.ssl.trustStore=${store}`,
    '-Djavax.net.ssl.trustStorePassword=PASSWORD',
  ];
  return program('java', [...trust, '-cp', found.classpath, file], environment(env));
};

const OPENSSL = {
  'foreign authority': 'certificate in certificate chain',
  'wrong name': 'Hostname mismatch',
  expired: 'certificate has expired',
} as const;

const JAVASCRIPT = { file: 'a.mjs', found: /one/ } as const;
const PYTHON = { file: 'a.py', found: /one/, says: OPENSSL } as const;
/** The cause is thrown away by the client itself. */
const NO_CAUSE = 'Failed to connect to chromadb';

export const RUNNABLES: readonly Runnable[] = [
  { id: 'python', part: 'chroma 1.5.9', run: pythonOf('chroma 1.5.9'), ...PYTHON },
  { id: 'python-async', part: 'chroma 1.5.9', run: pythonOf('chroma 1.5.9'), ...PYTHON },
  { id: 'langchain-python', part: 'python clients', run: pythonOf('python clients'), ...PYTHON },
  { id: 'llamaindex', part: 'python clients', run: pythonOf('python clients'), ...PYTHON },
  { id: 'javascript', part: 'client javascript', run: node, says: NO_CAUSE, ...JAVASCRIPT },
  { id: 'javascript-2', part: 'client javascript-2', run: node, says: NO_CAUSE, ...JAVASCRIPT },
  {
    id: 'langchain-javascript',
    part: 'client langchain-javascript',
    run: node,
    says: NO_CAUSE,
    ...JAVASCRIPT,
  },
  {
    id: 'bun',
    part: 'client javascript',
    run: bun,
    says: NO_CAUSE,
    byNameOnly: true,
    ...JAVASCRIPT,
  },
  { id: 'deno', part: 'deno', run: deno, says: NO_CAUSE, ...JAVASCRIPT },
  {
    id: 'go',
    part: 'go client',
    file: 'main.go',
    run: go,
    found: /one/,
    says: {
      'foreign authority': 'certificate signed by unknown authority',
      'wrong name': 'certificate is valid for other.test, not localhost',
      expired: 'certificate has expired',
    },
  },
  {
    id: 'rust',
    part: 'rust client',
    file: 'main.rs',
    run: rust,
    found: /one/,
    says: {
      'foreign authority': 'UnknownIssuer',
      'wrong name': 'NotValidForName',
      expired: 'Expired',
    },
    isSlow: true,
  },
  {
    id: 'ruby',
    part: 'ruby',
    file: 'a.rb',
    run: ruby,
    found: /one/,
    says: {
      'foreign authority': 'certificate in certificate chain',
      'wrong name': 'hostname mismatch',
      expired: 'certificate has expired',
    },
  },
  {
    id: 'langchain4j',
    part: 'java client',
    file: 'Main.java',
    run: java,
    found: /one/,
    says: {
      'foreign authority': 'unable to find valid certification path',
      'wrong name': 'No subject alternative DNS name matching localhost found',
      expired: 'CertificateExpiredException',
    },
  },
  {
    id: 'curl',
    part: 'chroma 1.5.9',
    file: 'a.sh',
    run: (file, _ca, env) => program('sh', [file], environment(env)),
    found: /^\[.*\]/,
    says: {
      'foreign authority': 'certificate in certificate chain',
      'wrong name': 'no alternative certificate subject name matches',
      expired: 'certificate has expired',
    },
  },
];

/** What else is known of the other clients. */
export const OTHERS: Readonly<Record<string, string>> = {
  dotnet:
    'not run, as the machine of the tests can have neither .NET nor NuGet; its lines are those of .NET’s documentation.',
  'chroma-browse':
    'it needs a terminal to show what it finds; that it verifies is a test of its own',
  container:
    'run with Python’s client in a container: it reaches the server as `host.docker.internal`, and fails without the mounted authority.',
  'compose-service':
    'run with curl in a service: it reaches Chroma as `chroma`, and fails without the authority.',
  devcontainer:
    'brought up by the Dev Containers CLI: Python’s client verifies by the variables, curl by the container’s own trust store. Without these lines both refuse.',
};

function environment(more: NodeJS.ProcessEnv = {}): { env: NodeJS.ProcessEnv } {
  return { env: { ...process.env, ...more } };
}
