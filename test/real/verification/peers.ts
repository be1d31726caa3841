import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { certificateFiles } from '../../../src/certificates/files.ts';
import { findPart } from '../../parts.ts';
import type { Served, Subject } from './subjects.ts';

/** What others make, judged alike. */
export const PEERS: readonly Subject[] = [
  { title: 'the Chroma Cookbook’s openssl command', asked: ['localhost'], make: makeAsSeedPage },
  { title: 'openssl req -x509 by its defaults', asked: ['localhost'], make: makeByOpenssl },
  { title: 'mkcert', asked: ['localhost', '127.0.0.1', '::1'], make: makeByMkcert },
];

const run = promisify(execFile);

const SEED_CNF = `[req]
distinguished_name = req_distinguished_name
x509_extensions = usr_cert

[req_distinguished_name]
CN = $ENV::CHROMA_DOMAIN

[usr_cert]
subjectAltName = DNS:$ENV::CHROMA_DOMAIN
`;
const SEED_COMMAND =
  'req -new -newkey rsa:2048 -sha256 -days 365 -nodes -x509 -keyout certs/serverkey.pem ' +
  '-subj /O=Chroma/C=US -out certs/servercert.pem -config openssl.cnf';
const DEFAULT_COMMAND =
  'req -x509 -newkey rsa:2048 -nodes -keyout certs/serverkey.pem -out certs/servercert.pem ' +
  '-subj /CN=localhost -addext subjectAltName=DNS:localhost';

/** The recipe word by word; only the folder it forgets is made for it. */
async function makeAsSeedPage(): Promise<Served> {
  const workspace = await makeWorkspace();
  await writeFile(join(workspace, 'openssl.cnf'), SEED_CNF);
  const env = { ...process.env, CHROMA_DOMAIN: 'localhost' };
  await run('openssl', SEED_COMMAND.split(' '), { cwd: workspace, env });
  return trustingItself(workspace);
}

/** What many pages tell people to do; OpenSSL's own configuration says CA:TRUE. */
async function makeByOpenssl(): Promise<Served> {
  const workspace = await makeWorkspace();
  await run('openssl', DEFAULT_COMMAND.split(' '), { cwd: workspace });
  return trustingItself(workspace);
}

async function makeByMkcert(): Promise<Served> {
  const mkcert = findPart('mkcert');
  if (!mkcert.available) throw new Error(mkcert.reason);
  const workspace = await makeWorkspace();
  const { certificate, key, ca } = certificateFiles(join(workspace, 'certs'));
  const names = ['localhost', '127.0.0.1', '::1'];
  await run(mkcert.path, ['-cert-file', certificate, '-key-file', key, ...names], {
    env: { ...process.env, CAROOT: workspace },
  });
  await copyFile(join(workspace, 'rootCA.pem'), ca);
  return { certificate, key, ca };
}

async function makeWorkspace(): Promise<string> {
  const workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-peer-'));
  await mkdir(join(workspace, 'certs'));
  return workspace;
}

function trustingItself(workspace: string): Served {
  const { certificate, key } = certificateFiles(join(workspace, 'certs'));
  return { certificate, key, ca: certificate };
}
