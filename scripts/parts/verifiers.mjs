// The verifiers of the tests as commands, one for each TLS library (`test/verifiers/README.md` has
// their protocol). What has to be compiled is kept until its source changes.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { repository } from '../dependencies.mjs';
import { asPart, keptFolder, progress } from './bench.mjs';
import { bun } from './bun.mjs';
import { chromium } from './chromium.mjs';
import { compile } from './compile.mjs';
import { ensureDebianPackages } from './debian-packages.mjs';
import { pythonInterpreter } from './python-interpreter.mjs';
import { uv } from './uv.mjs';

const sources = join(repository, 'test', 'verifiers');
const CRYPTOGRAPHY = 'cryptography==50.0.2';

/**
 * Each gives the command line to run it by.
 * @type {Record<string, () => Promise<string[]>>}
 */
const commands = {
  'Python 3.11': async () => [...(await pythonInterpreter('3.11')), pythonScript('verify_ssl.py')],
  'Python 3.13': async () => [...(await pythonInterpreter('3.13')), pythonScript('verify_ssl.py')],
  'pyca/cryptography': pyca,
  'Node.js': async () => [process.execPath, nodeScript('verify-tls.mjs')],
  BoringSSL: boringssl,
  Go: go,
  'Java 17': java,
  rustls,
  curl: async () => {
    await ensureProgram('curl', 'curl');
    return [process.execPath, nodeScript('verify-curl.mjs')];
  },
  Chromium: chromiumVerifier,
};

export const verifierNames = Object.keys(commands);

/** @param {string} name */
export function verifier(name) {
  return asPart(`verifier ${name}`, async () => {
    const command = await commands[name]?.();
    if (!command) throw new Error(`there is no verifier called ${name}`);
    // Asked nothing it answers nothing: what cannot start is found out here.
    await execa(command[0] ?? '', command.slice(1), { input: '' });
    progress(`verifier ${name}`)('ready');
    return { available: true, command };
  });
}

async function pyca() {
  const folder = await keptFolder(CRYPTOGRAPHY.replace('==', '-'), async (target) => {
    await uv(['venv', '--clear', target]);
    const python = ['--python', join(target, 'bin', 'python')];
    await uv(['pip', 'install', ...python, CRYPTOGRAPHY]);
  });
  return [join(folder, 'bin', 'python'), pythonScript('verify_pyca.py')];
}

async function boringssl() {
  const found = await bun();
  if (!found.available) throw new Error(String(found.reason));
  return [String(found['command']), nodeScript('verify-tls.mjs')];
}

async function go() {
  const folder = await compiled('go', async (source, target) => {
    await compile('go', ['build', '-o', join(target, 'verifier'), '.'], { cwd: source });
  });
  return [join(folder, 'verifier')];
}

async function rustls() {
  const folder = await compiled('rust', async (source, target) => {
    const args = ['build', '--release', '--locked', '--target-dir', target];
    await compile('cargo', args, { cwd: source });
  });
  return [join(folder, 'release', 'verifier')];
}

async function java() {
  await ensureProgram('javac', 'openjdk-17-jdk-headless');
  const [version = ''] = (await execa('java', ['--version'])).stdout.split('\n');
  if (!/ 17\./.test(version)) throw new Error(`java is not 17 but ${version}`);
  const folder = await compiled('java', async (source, target) => {
    await compile('javac', ['-d', target, join(source, 'Verifier.java')], { cwd: source });
  });
  return ['java', '-cp', folder, 'Verifier'];
}

async function chromiumVerifier() {
  const browser = await chromium();
  if (!browser.available) throw new Error(String(browser.reason));
  await ensureProgram('certutil', 'libnss3-tools');
  return [process.execPath, nodeScript('verify-chromium.mjs'), String(browser['path'])];
}

/**
 * @param {string} language a folder of `test/verifiers`
 * @param {(source: string, target: string) => Promise<void>} build
 */
async function compiled(language, build) {
  const source = join(sources, language);
  const hash = createHash('sha256');
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  for (const file of files.map(({ parentPath, name }) => join(parentPath, name)).sort()) {
    hash.update(await readFile(file));
  }
  return keptFolder(`verifier-${language}-${hash.digest('hex').slice(0, 12)}`, async (target) => {
    progress(`verifier ${language}`)('compiling');
    await build(source, target);
  });
}

/**
 * @param {string} program
 * @param {string} debianPackage
 */
export async function ensureProgram(program, debianPackage) {
  const { code } = await execa(program, ['--version'], { reject: false });
  if (code === 'ENOENT') await ensureDebianPackages([debianPackage]);
}

const pythonScript = (/** @type {string} */ name) => join(sources, 'python', name);
const nodeScript = (/** @type {string} */ name) => join(sources, 'node', name);
