// Who makes certificates, each as the command a user would type in a folder.
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { repository } from '../dependencies.mjs';
import { installedGoProgram } from './go-program.mjs';

/** @typedef {'ecdsa-p256' | 'rsa-2048'} KeyType */
/**
 * @typedef {object} Maker
 * @property {string} title
 * @property {(folder: string) => Promise<void>} setUp what the command needs to be there
 * @property {(folder: string, keyType: KeyType) => Promise<unknown>} run the whole process
 * @property {{ certificate: string, key: string, ca?: string, caKey?: string }} files in the folder
 */

export const NAMES = ['localhost', '127.0.0.1', '::1'];

const COOKBOOK_CNF = `[req]
distinguished_name = req_distinguished_name
x509_extensions = usr_cert

[req_distinguished_name]
CN = $ENV::CHROMA_DOMAIN

[usr_cert]
subjectAltName = DNS:$ENV::CHROMA_DOMAIN
`;
const COOKBOOK_COMMAND =
  'req -new -newkey rsa:2048 -sha256 -days 365 -nodes -x509 -keyout certs/serverkey.pem ' +
  '-subj /O=Chroma/C=US -out certs/servercert.pem -config openssl.cnf';

/** @returns {Promise<Record<'ours' | 'mkcert' | 'cookbook', Maker>>} */
export async function makers() {
  const { path } = await installedGoProgram('mkcert');
  return { ours, mkcert: mkcert(path), cookbook };
}

/** A folder of its own, ready for the maker's command. @param {Maker} maker */
export async function freshFolder(maker) {
  const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-bench-'));
  await maker.setUp(folder);
  return folder;
}

const certificate = 'certs/servercert.pem';
const key = 'certs/serverkey.pem';

/** @type {Maker} */
const ours = {
  title: 'Chroma TLS',
  setUp: async () => undefined,
  run: (folder, keyType) =>
    execa(
      process.execPath,
      [join(repository, 'dist', 'cli.js'), 'generate', '--key-type', keyType],
      { cwd: folder, env: { CHROMA_TLS_DATA_DIR: join(folder, 'data') } },
    ),
  files: { certificate, key, ca: 'certs/ca.pem', caKey: 'data' },
};

/**
 * Its trust stores are hidden from it: it would look into those of the system, of Firefox and of
 * Java, which takes time and is not what is compared.
 * @param {string} path
 * @returns {Maker}
 */
export const mkcert = (path) => ({
  title: 'mkcert',
  setUp: async (folder) => void (await mkdir(join(folder, 'certs'))),
  run: (folder, keyType) => {
    const files = ['-cert-file', certificate, '-key-file', key];
    const kind = keyType === 'ecdsa-p256' ? ['-ecdsa'] : [];
    return execa(path, [...kind, ...files, ...NAMES], {
      cwd: folder,
      extendEnv: false,
      env: { PATH: process.env['PATH'], HOME: folder, CAROOT: folder, TRUST_STORES: 'none' },
    });
  },
  files: { certificate, key, ca: 'rootCA.pem', caKey: 'rootCA-key.pem' },
});

/** @type {Maker} */
export const cookbook = {
  title: 'the Cookbook',
  setUp: async (folder) => {
    await mkdir(join(folder, 'certs'));
    await writeFile(join(folder, 'openssl.cnf'), COOKBOOK_CNF);
  },
  run: (folder) =>
    execa('openssl', COOKBOOK_COMMAND.split(' '), {
      cwd: folder,
      env: { CHROMA_DOMAIN: 'localhost' },
    }),
  files: { certificate, key },
};
