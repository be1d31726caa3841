// What is checked without running anything: types, lint rules, layers, dead code and formatting.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../dependencies.mjs';
import { runInGroup } from '../process-group.mjs';

/** Where the tools keep what they found, to look again only at what has changed. */
const CACHE = join(repository, 'node_modules', '.cache', 'chroma-tls');
const byContent = ['--cache', '--cache-strategy', 'content'];

/**
 * What each of npm's own scripts holds, and what it is told about its cache.
 * @type {Record<string, { script: string, cache?: () => string[] | Promise<string[]> }>}
 */
const checks = {
  'types are right': {
    script: 'typecheck',
    cache: () => ['--incremental', '--tsBuildInfoFile', join(CACHE, 'types.tsbuildinfo')],
  },
  'lint rules hold': { script: 'lint', cache: lintCache },
  'arrows point down, and none runs in a circle': { script: 'layers' },
  'nothing is unused': { script: 'unused' },
  'docs say what the code is': { script: 'docs:check' },
  'files are formatted': {
    script: 'format:check',
    cache: () => [...byContent, '--cache-location', join(CACHE, 'format')],
  },
};

/**
 * A rule may look at the types in other files. So a file counts as linted only while all are the same.
 * @returns {Promise<string[]>}
 */
async function lintCache() {
  const hash = createHash('sha256');
  const folders = ['src', 'test', 'scripts'];
  const listed = await Promise.all(
    folders.map((folder) =>
      readdir(join(repository, folder), { recursive: true, withFileTypes: true }),
    ),
  );
  const files = listed
    .flat()
    .filter((entry) => entry.isFile() && /\.(ts|mjs|json)$/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name));
  const settings = ['eslint.config.mjs', 'tsconfig.json', 'package.json', 'package-lock.json'];
  for (const file of [...files.sort(), ...settings.map((name) => join(repository, name))]) {
    hash.update(file).update(await readFile(file));
  }
  const folder = join(CACHE, 'lint');
  const name = hash.digest('hex');
  await mkdir(folder, { recursive: true });
  for (const other of await readdir(folder)) {
    if (other !== name) await rm(join(folder, other), { force: true });
  }
  return [...byContent, '--cache-location', join(folder, name)];
}

/** @param {import('./results.mjs').Results} results */
export async function runChecks(results) {
  for (const [title, { script, cache }] of Object.entries(checks)) {
    const began = Date.now();
    const told = (await cache?.()) ?? [];
    const { failed, all } = await runInGroup('npm', ['run', '--silent', script, '--', ...told], {
      cwd: repository,
      // It puts this very Node.js first: the one on the PATH may be too old for the linter.
      preferLocal: true,
      all: true,
      reject: false,
    });
    results.add({
      suite: 'check',
      state: failed ? 'failed' : 'passed',
      path: [title],
      milliseconds: Date.now() - began,
      ...(failed ? { why: String(all) } : {}),
    });
  }
}
