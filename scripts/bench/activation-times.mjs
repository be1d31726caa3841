// What a window of VS Code waits for and reads, by what VS Code says itself, against its Git extension.
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { chromium } from 'playwright-core';
import { calmSettings } from '../calm-settings.mjs';
import { repository } from '../dependencies.mjs';
import { missingParts } from '../parts/bench.mjs';
import { part } from '../parts/install-parts.mjs';
import { serveVsCode } from '../serve-vscode.mjs';
import { chromiumArguments } from '../suites/extension-host.mjs';
import { Samples } from './interleave.mjs';

const WINDOWS = 5;
/** Milliseconds for one window. */
const PATIENCE = 90_000;
const BOUND_KB = 60;

/** @typedef {{ load: number, call: number, finish: number }} Times milliseconds */
/** @typedef {{ ours: Times, git: Times, files: Record<string, number> }} Seen */

/**
 * @param {import('esbuild').Metafile} metafile what is in each file of ours
 * @returns {Promise<import('./figures.mjs').Figure[]>}
 */
export async function activationTimes(metafile) {
  const parts = { 'vscode-server': await part('vscode-server'), chromium: await part('chromium') };
  const missing = missingParts(parts, Object.keys(parts));
  if (missing !== undefined) throw new Error(missing);
  const scratch = await mkdtemp(join(tmpdir(), 'chroma-tls-bench-'));
  const folders = { used: join(scratch, 'used'), unused: join(scratch, 'unused') };
  const results = join(scratch, 'results');
  const env = { CHROMA_TLS_DATA_DIR: join(scratch, 'data'), CHROMA_TLS_BENCH_RESULTS: results };
  await mkdir(results);
  for (const folder of Object.values(folders)) {
    await mkdir(folder);
    await execa('git', ['init', '--quiet', folder]);
  }
  const cli = [join(repository, 'dist', 'cli.js'), 'generate'];
  await execa(process.execPath, cli, { cwd: folders.used, env });

  const session = await serveVsCode({
    server: /** @type {import('../parts/vscode-server.mjs').VsCodeServer} */ (
      /** @type {unknown} */ (parts['vscode-server'])
    ),
    dataFolder: join(scratch, 'vscode'),
    installExtension: false,
    testDriver: true,
    settings: calmSettings,
    env,
  });
  const { path: executablePath } = /** @type {{ path: string }} */ (
    /** @type {unknown} */ (parts.chromium)
  );
  const browser = await chromium.launch({ executablePath, args: chromiumArguments });
  const remote = session.origin.replace('http:', 'vscode-remote:');
  /** @param {string} folder @returns {Promise<Seen>} what one new window says */
  const look = async (folder) => {
    const page = await browser.newPage();
    try {
      const payload = {
        extensionDevelopmentPath: `${remote}${repository}`,
        extensionTestsPath: `${remote}${join(repository, 'scripts', 'bench', 'activation-probe.mjs')}`,
      };
      await page.goto(session.urlFor(folder, Object.entries(payload)));
      return await awaitResult(results);
    } finally {
      await page.close();
    }
  };
  try {
    const used = new Windows();
    const unused = new Windows();
    // The first windows warm the caches of all.
    await look(folders.used);
    for (let round = 0; round < WINDOWS; round += 1) {
      used.add(await look(folders.used));
      unused.add(await look(folders.unused));
    }
    return [
      ...unused.figures('where it was never used', metafile),
      ...used.figures('where it is used', metafile),
    ];
  } finally {
    await browser.close();
    await session.stop();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Several windows on one folder. */
class Windows {
  #samples = new Samples();
  /** @type {Record<string, number>} */
  #files = {};

  /** @param {Seen} seen */
  add({ ours, git, files }) {
    this.#files = files;
    for (const [whose, times] of Object.entries({ ours, git })) {
      for (const [name, time] of Object.entries(times)) this.#samples.add(`${whose} ${name}`, time);
      this.#samples.add(`${whose} all`, times.load + times.call + times.finish);
    }
  }

  /**
   * @param {string} where
   * @param {import('esbuild').Metafile} metafile
   * @returns {import('./figures.mjs').Figure[]}
   */
  figures(where, metafile) {
    const ms = (/** @type {string} */ name) => `${this.#samples.median(name).toFixed(0)} ms`;
    const bytes = Object.values(this.#files).reduce((sum, size) => sum + size, 0);
    return [
      {
        what: `code read by a window ${where}`,
        against: `${Object.keys(this.#files).length} files`,
        value: bytes / 1000,
        unit: 'KB',
        bound: BOUND_KB,
        why: `of it, in KB: ${biggestParts(metafile, Object.keys(this.#files))}.`,
      },
      {
        what: `activation ${where}`,
        against: 'that of the built-in Git extension',
        value: this.#samples.median('ours all') / this.#samples.median('git all'),
        bound: 0.3,
        why: `ours takes ${ms('ours all')}: ${ms('ours load')} to load the first file, ${ms('ours call')} until the call returns, ${ms('ours finish')} until it is done; Git's ${ms('git all')}: ${ms('git load')}, ${ms('git call')}, ${ms('git finish')}.`,
      },
    ];
  }
}

/**
 * Which parts of the sources most of it comes from.
 * @param {import('esbuild').Metafile} metafile
 * @param {string[]} files of `dist`
 */
function biggestParts(metafile, files) {
  /** @type {Map<string, number>} */
  const sizes = new Map();
  for (const file of files) {
    const inputs = metafile.outputs[`dist/${file}`]?.inputs ?? {};
    for (const [source, { bytesInOutput }] of Object.entries(inputs)) {
      const [top = '', second = ''] = source.split('/');
      const name = top === 'src' || top === 'node_modules' ? second : source;
      sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput);
    }
  }
  const biggest = [...sizes].sort(([, one], [, other]) => other - one).slice(0, 6);
  return biggest.map(([name, size]) => `${name} ${(size / 1000).toFixed(0)}`).join(', ');
}

/**
 * Takes the result of a window.
 * @param {string} folder
 * @returns {Promise<Seen>}
 */
async function awaitResult(folder) {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await pause(100)) {
    const [name] = (await readdir(folder)).filter((file) => file.endsWith('.json'));
    if (name === undefined) continue;
    const seen = /** @type {Seen & { error?: string }} */ (
      JSON.parse(await readFile(join(folder, name), 'utf8'))
    );
    await rm(join(folder, name));
    if (seen.error !== undefined) throw new Error(seen.error);
    return seen;
  }
  throw new Error(`a window of VS Code said nothing in ${PATIENCE / 1000} s`);
}
