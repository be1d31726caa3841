// The order of a test run: parts are installed from the first moment on, while the suites that need
// few of them already run; the suites themselves come one after the other.
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from '../build.mjs';
import { part, partNames } from '../parts/install-parts.mjs';
import { missingParts, reasonOf } from '../parts/bench.mjs';
import { runChecks } from './checks.mjs';
import { runInExtensionHost } from './extension-host.mjs';
import { runInNode } from './node-suite.mjs';
import { asFailure, Results } from './results.mjs';
import { bundleTests, suiteNames } from './test-bundle.mjs';

/** @typedef {import('./test-bundle.mjs').SuiteName} SuiteName */
/** @typedef {import('./test-bundle.mjs').TestBundle} TestBundle */

const MINUTE = 60_000;

const mainJobImages = ['image chromadb/chroma:1.5.9', 'image nginx:1.29-alpine'];

/**
 * What each suite stands on, and how long (ms) one test and the whole suite may take. `beside` names
 * files that run in a process of their own beside the others: they mostly wait for containers.
 * @type {Record<SuiteName, { parts: string[], timeout: number, limit: number, beside?: string[] }>}
 */
const plans = {
  unit: { parts: [], timeout: 10_000, limit: 3 * MINUTE },
  vscode: {
    parts: ['vscode-server', 'chromium', 'chroma 1.5.9'],
    timeout: MINUTE,
    limit: 6 * MINUTE,
  },
  real: {
    parts: partNames.filter((name) => name !== 'vscode-server'),
    timeout: 2 * MINUTE,
    limit: 50 * MINUTE,
    beside: ['real.compose-file.test.js', 'real.support-matrix.test.js'],
  },
  browser: {
    parts: ['vscode-server', 'chromium', 'docker', 'nss tools', ...mainJobImages],
    timeout: 3 * MINUTE,
    limit: 8 * MINUTE,
  },
};

/** @type {Promise<TestBundle> | undefined} */
let bundled;

/**
 * @param {string[]} chosen suite names; all if empty
 * @param {string | undefined} grep
 * @returns {Promise<boolean>} whether all is well
 */
export async function runSuites(chosen, grep) {
  const isChosen = (/** @type {string} */ name) => chosen.length === 0 || chosen.includes(name);
  const suites = suiteNames.filter(isChosen);
  for (const name of new Set(suites.flatMap((suite) => plans[suite].parts))) void part(name);

  const results = new Results();
  const scratch = await mkdtemp(join(tmpdir(), 'chroma-tls-test-'));
  process.once('exit', () => {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  });
  const run = (/** @type {SuiteName} */ suite) => runSuite({ suite, results, scratch, grep });
  if (suites.includes('unit')) await run('unit');
  if (isChosen('check')) await runChecks(results);
  for (const suite of suites) if (suite !== 'unit') await run(suite);
  return results.summarize();
}

/** @param {{ suite: SuiteName, results: Results, scratch: string, grep: string | undefined }} run */
async function runSuite({ suite, results, scratch, grep }) {
  const { parts, timeout, limit, beside = [] } = plans[suite];
  const before = results.countOf(suite);
  try {
    bundled ??= Promise.all([bundleTests(), build()]).then(([tests]) => tests);
    const tests = await bundled;
    const found = Object.fromEntries(await Promise.all(parts.map(async (n) => [n, await part(n)])));
    console.log(`\n${suite}`);
    const why = suite === 'vscode' ? missingParts(found, ['vscode-server', 'chromium']) : undefined;
    if (why !== undefined && process.env['CI'] !== 'true') {
      // Its tests cannot even be loaded outside VS Code, so they are skipped by file.
      for (const file of tests.files[suite]) {
        results.add({ suite, state: 'skipped', path: [basename(file)], milliseconds: 0, why });
      }
      return;
    }
    const partsFile = join(scratch, `${suite}-parts.json`);
    await writeFile(partsFile, JSON.stringify(found));
    const isBeside = (/** @type {string} */ file) => beside.includes(basename(file));
    const lanes = [
      tests.files[suite].filter((file) => !isBeside(file)),
      tests.files[suite].filter(isBeside),
    ].filter((files) => files.length > 0);
    const runLane = async (/** @type {string[]} */ files, /** @type {number} */ lane) => {
      const resultsFile = join(scratch, `${suite}-${lane}-results.jsonl`);
      const finished = new AbortController();
      const ended = start(suite, tests, files, found, {
        limit,
        scratchFolder: join(scratch, suite),
        finished: finished.signal,
        env: {
          CHROMA_TLS_PARTS: partsFile,
          CHROMA_TLS_RESULTS: resultsFile,
          CHROMA_TLS_TIMEOUT: String(timeout),
          CHROMA_TLS_TEST_FILES: JSON.stringify(files),
          // The person's own keys and servers are none of the tests' business.
          CHROMA_TLS_DATA_DIR: join(scratch, 'data'),
          ...(grep === undefined ? {} : { CHROMA_TLS_GREP: grep }),
        },
      });
      await results.follow(suite, resultsFile, ended);
      finished.abort();
      await ended;
    };
    await Promise.all(lanes.map(runLane));
  } catch (error) {
    results.add({ ...asFailure(suite, 'runs'), why: reasonOf(error) });
  }
  if (results.countOf(suite) === before && grep === undefined) {
    results.add({ ...asFailure(suite, 'has tests'), why: 'not one was executed' });
  }
}

/**
 * @param {SuiteName} suite
 * @param {TestBundle} tests
 * @param {string[]} files
 * @param {Record<string, import('../parts/bench.mjs').Part>} parts
 * @param {import('./extension-host.mjs').SuiteOptions} options
 * @returns {Promise<string>} why it ended
 */
function start(suite, tests, files, parts, options) {
  return suite === 'vscode'
    ? runInExtensionHost({ ...options, module: tests.extensionHost, parts })
    : runInNode({ ...options, main: tests.main, files });
}
