// Runs before anything else is there: Node's own modules only.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = findRepository();

/** Makes `npm start` and `npm test` work right after a clone, and after a `git pull`. */
export function ensureDependencies() {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 20) {
    fail(`Chroma TLS is built with Node.js 20 or newer; this is ${process.version}.`);
  }
  const installed = join(repository, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) {
    npm('ci');
  } else if (
    statSync(installed).mtimeMs < statSync(join(repository, 'package-lock.json')).mtimeMs
  ) {
    npm('install');
  }
}

/** @param {'ci' | 'install'} command */
function npm(command) {
  console.log(`Installing the development tools (npm ${command}) …`);
  // npm tells its scripts where it is; that spares looking for `npm.cmd` and a shell to run it.
  const npmScript = process.env['npm_execpath'];
  const options = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = npmScript
    ? spawnSync(process.execPath, [npmScript, command, ...options], inRepository)
    : spawnSync('npm', [command, ...options], inRepository);
  if (status !== 0) {
    fail(`npm ${command} failed${error ? `: ${error.message}` : ''}. Run it by hand to see why.`);
  }
}

const inRepository = /** @type {const} */ ({ cwd: repository, stdio: 'inherit' });

/**
 * @param {string} text
 * @returns {never}
 */
function fail(text) {
  console.error(text);
  process.exit(1);
}

/** Upwards, because this file is also bundled into the tests. */
function findRepository() {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}
