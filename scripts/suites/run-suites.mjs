// The order of a test run: first what only computes, then the suites that wait for servers and
// editors. Meanwhile the parts they stand on are fetched; what has to be compiled is not begun before
// a test asks for it.
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from '../build.mjs';
import { part } from '../parts/install-parts.mjs';
import { mayInstallPackages, missingParts, reasonOf } from '../parts/bench.mjs';
import { serveParts } from '../parts/serve-parts.mjs';
import { runChecks } from './checks.mjs';
import { runInExtensionHost } from './extension-host.mjs';
import { runInNode } from './node-suite.mjs';
import { asFailure, Results } from './results.mjs';
import { bundleTests, suiteNames } from './test-bundle.mjs';

/** @typedef {import('./test-bundle.mjs').SuiteName} SuiteName */
/** @typedef {import('./test-bundle.mjs').TestBundle} TestBundle */
/** @typedef {import('../parts/bench.mjs').Part} Part */

/** How long (ms) one test or hook may take: whatever the machine's load, longer is a hang. */
const TEST_LIMIT = 5 * 60_000;

const chromaImages = ['1.5.9', '0.6.3', '0.5.13', '0.5.0', '0.4.24', '0.4.22'].map(
  (version) => `image chromadb/chroma:${version}`,
);

/**
 * What is fetched ahead of a whole suite: it takes long, hardly computes, and is needed wherever it
 * can be had. `beside` names files that run in a process of their own beside the others: they mostly
 * wait for containers.
 * @type {Record<SuiteName, { ahead: string[], beside?: string[] }>}
 */
const plans = {
  unit: { ahead: [] },
  vscode: { ahead: ['vscode-server', 'chromium', 'chroma 1.5.9'] },
  real: {
    ahead: [
      ...['docker', 'chroma 1.5.9', 'chroma 0.6.3', 'chroma 0.5.13', 'image nginx:1.29-alpine'],
      ...['image envoyproxy/envoy:v1.40.0', 'image openquantumsafe/openssl3', ...chromaImages],
    ],
    beside: ['real.compose-file.test.js', 'real.support-matrix.test.js'],
  },
  browser: { ahead: ['vscode-server', 'chromium', 'docker', 'image chromadb/chroma:1.5.9'] },
};

/**
 * @typedef {object} Run
 * @property {Results} results
 * @property {string} scratch a folder
 * @property {string} parts where tests ask for parts
 * @property {string | undefined} grep
 * @property {Promise<TestBundle>} bundled
 */

/**
 * @param {string[]} chosen suite names; all if empty
 * @param {string | undefined} grep
 * @returns {Promise<boolean>} whether all is well
 */
export async function runSuites(chosen, grep) {
  const isChosen = (/** @type {string} */ name) => chosen.length === 0 || chosen.includes(name);
  const suites = suiteNames.filter(isChosen);
  if (mayInstallPackages && suites.length > 0) {
    console.log('What is missing is installed, by apt too; --no-install leaves the system alone.');
  }
  if (grep === undefined) {
    for (const name of new Set(suites.flatMap((suite) => plans[suite].ahead))) void part(name);
  }
  const scratch = await mkdtemp(join(tmpdir(), 'chroma-tls-test-'));
  process.once('exit', () => {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  });
  const results = new Results();
  const parts = await serveParts(part);
  const bundled = Promise.all([bundleTests(), build()]).then(([tests]) => tests);
  // Whoever waits for it says that it failed.
  bundled.catch(() => undefined);
  const run = { results, scratch, parts: parts.url, grep, bundled };
  if (suites.includes('unit')) await runSuite('unit', run);
  if (isChosen('check')) await runChecks(results);
  for (const suite of suites) if (suite !== 'unit') await runSuite(suite, run);
  parts.close();
  return results.summarize();
}

/**
 * @param {SuiteName} suite
 * @param {Run} run
 */
async function runSuite(suite, run) {
  const { results, grep } = run;
  const before = results.countOf(suite);
  console.log(`\n${suite}`);
  try {
    const { files } = await run.bundled;
    const why = suite === 'vscode' ? await whyNoEditor() : undefined;
    if (why !== undefined && process.env['CI'] !== 'true') {
      // Its tests cannot even be loaded outside VS Code, so they are skipped by file.
      for (const file of files[suite]) {
        results.add({ suite, state: 'skipped', path: [basename(file)], milliseconds: 0, why });
      }
      return;
    }
    const { beside = [] } = plans[suite];
    const isBeside = (/** @type {string} */ file) => beside.includes(basename(file));
    const lanes = [files[suite].filter((file) => !isBeside(file)), files[suite].filter(isBeside)];
    await Promise.all(
      lanes
        .filter((lane) => lane.length > 0)
        .map((lane, index) => runFiles(suite, lane, `${suite}-${String(index)}`, run)),
    );
  } catch (error) {
    results.add({ ...asFailure(suite, 'runs'), why: reasonOf(error) });
  }
  if (results.countOf(suite) === before && grep === undefined) {
    results.add({ ...asFailure(suite, 'has tests'), why: 'not one was executed' });
  }
}

async function whyNoEditor() {
  const names = ['vscode-server', 'chromium'];
  const found = await Promise.all(names.map(async (name) => [name, await part(name)]));
  return missingParts(Object.fromEntries(found), names);
}

/**
 * Runs test files in one process, to its end.
 * @param {SuiteName} suite
 * @param {string[]} files
 * @param {string} name of this process, among all of the run
 * @param {Run} run
 */
async function runFiles(suite, files, name, { results, scratch, parts, grep, bundled }) {
  const resultsFile = join(scratch, `${name}-results.jsonl`);
  const finished = new AbortController();
  const hung = new AbortController();
  const env = {
    CHROMA_TLS_PARTS: parts,
    CHROMA_TLS_RESULTS: resultsFile,
    CHROMA_TLS_TIMEOUT: String(TEST_LIMIT),
    CHROMA_TLS_TEST_FILES: JSON.stringify(files),
    CHROMA_TLS_MAY_CHANGE_MACHINE: String(mayInstallPackages),
    // The person's own keys and servers are none of the tests' business.
    CHROMA_TLS_DATA_DIR: join(scratch, 'data'),
    ...(grep === undefined ? {} : { CHROMA_TLS_GREP: grep }),
  };
  const { main, extensionHost } = await bundled;
  const ended =
    suite === 'vscode'
      ? runInExtensionHost({
          module: extensionHost,
          server: await part('vscode-server'),
          browser: await part('chromium'),
          env,
          scratchFolder: join(scratch, name),
          finished: finished.signal,
        })
      : runInNode({ main, files, env, hung: hung.signal });
  if (!(await results.follow(suite, resultsFile, ended))) hung.abort();
  finished.abort();
  await ended.catch(() => undefined);
}
