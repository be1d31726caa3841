// The order of a test run: the suite that mostly waits for servers runs beside all others, which compute
// and take turns. The checks come once it is through, so that the last windows leave no core without work.
// What takes long to fetch is fetched ahead; what has to be compiled, once a test asks.
import { rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from '../build.mjs';
import { complete, interrupted } from '../interruption.mjs';
import { part } from '../parts/install-parts.mjs';
import { installations, mayInstallPackages, missingParts, reasonOf } from '../parts/bench.mjs';
import { serveParts } from '../parts/serve-parts.mjs';
import { runChecks } from './checks.mjs';
import { coverageEnvironment, printCoverage } from './coverage.mjs';
import { runInExtensionHost } from './extension-host.mjs';
import { runInNode } from './node-suite.mjs';
import { plans } from './plans.mjs';
import { takePorts } from './ports.mjs';
import { asFailure, Results } from './results.mjs';
import { bundleTests, MATRIX, suiteNames } from './test-bundle.mjs';

/** @typedef {import('./test-bundle.mjs').SuiteName} SuiteName */
/** @typedef {import('./test-bundle.mjs').TestBundle} TestBundle */
/** @typedef {import('../parts/bench.mjs').Part} Part */

/** How long (ms) one test or hook may take: whatever the machine's load, longer is a hang. */
const TEST_LIMIT = 5 * 60_000;

/**
 * @typedef {object} Run
 * @property {Results} results
 * @property {string} scratch a folder
 * @property {Awaited<ReturnType<typeof serveParts>>} parts where tests ask for parts
 * @property {string | undefined} grep
 * @property {Promise<TestBundle>} bundled
 * @property {Record<string, string>} env for all processes of tests
 * @property {Map<string, number>} took milliseconds that each suite took
 */

/**
 * @param {string[]} chosen suite names; all if empty
 * @param {{ grep?: string | undefined, coverage?: boolean | undefined }} options
 * @returns {Promise<boolean>} whether all is well
 */
export async function runSuites(chosen, { grep, coverage = false }) {
  const isChosen = (/** @type {string} */ name) => chosen.length === 0 || chosen.includes(name);
  /** @type {SuiteName[]} */
  const suites = suiteNames.filter(isChosen);
  if (chosen.includes(MATRIX)) suites.push(MATRIX);
  if (mayInstallPackages && suites.length > 0) {
    console.log('What is missing is installed, by apt too; --no-install leaves the system alone.');
  }
  if (grep === undefined) {
    for (const name of new Set(suites.flatMap((suite) => plans[suite].ahead))) void part(name);
  }
  const scratch = await mkdtemp(join(tmpdir(), 'ctls-'));
  // Some tests run as other users, who need their files in it.
  await chmod(scratch, 0o711);
  process.once('exit', () => {
    try {
      rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
    } catch (error) {
      console.error(`Not all of the tests' own files could be removed: ${reasonOf(error)}`);
    }
  });
  const results = new Results();
  const parts = await serveParts(part);
  interrupted.addEventListener('abort', parts.close);
  const bundled = Promise.all([bundleTests(coverage), build({ whole: coverage })]).then(
    ([tests]) => tests,
  );
  // Each suite that waits for it reports the failure.
  bundled.catch(() => undefined);
  const env = coverage ? await coverageEnvironment(scratch) : {};
  /** @type {Run} */
  const run = { results, scratch, parts, grep, bundled, env, took: new Map() };
  const real = suites.includes('real') ? runSuite('real', run) : undefined;
  const unit = suites.includes('unit') ? runSuite('unit', run) : undefined;
  const checked = isChosen('check') ? check(run, real ?? unit) : undefined;
  await unit;
  // One at a time: each window needs a core.
  if (suites.includes('vscode')) await runSuite('vscode', run);
  if (suites.includes('browser')) await runSuite('browser', run);
  await Promise.all([real, checked]);
  if (suites.includes(MATRIX)) await runSuite(MATRIX, run);
  if (interrupted.aborted) return false;
  parts.close();
  if (coverage) await printCoverage(scratch);
  results.tellTimes(installations, run.took);
  return results.summarize();
}

/**
 * @param {string} suite
 * @param {Run} run
 * @param {() => Promise<void>} task
 */
async function timed(suite, run, task) {
  const began = Date.now();
  await task();
  run.took.set(suite, Date.now() - began);
}

/**
 * @param {Run} run
 * @param {Promise<void> | undefined} before
 */
async function check(run, before) {
  await before;
  if (interrupted.aborted) return;
  await timed('check', run, () => runChecks(run.results));
}

/**
 * @param {SuiteName} suite
 * @param {Run} run
 */
function runSuite(suite, run) {
  return timed(suite, run, () => runLanes(suite, run));
}

/**
 * @param {SuiteName} suite
 * @param {Run} run
 */
async function runLanes(suite, run) {
  const { results, grep } = run;
  if (interrupted.aborted) return;
  const before = results.countOf(suite);
  console.log(`\n${suite}`);
  try {
    const { files } = await run.bundled;
    const why = suite === 'vscode' ? await whyNoEditor() : undefined;
    if (why !== undefined && process.env['CI'] !== 'true') {
      // Its tests load only inside VS Code, so whole files are skipped.
      for (const file of files[suite]) {
        results.add({ suite, state: 'skipped', path: [basename(file)], milliseconds: 0, why });
      }
      return;
    }
    const { atOnce = 1, divide = (all) => [all], beside } = plans[suite];
    const waiting = files[suite].filter((file) => basename(file) === beside);
    const others = files[suite].filter((file) => basename(file) !== beside);
    // With --grep few files have tests to run; one process does.
    const queue = (grep === undefined ? divide(others) : [others]).entries();
    const takeTurns = async () => {
      for (const [index, some] of queue) {
        if (interrupted.aborted) return;
        await complete(runFiles(suite, some, `${suite}-${String(index)}`, run));
      }
    };
    const lanes = Array.from({ length: atOnce }, takeTurns);
    if (waiting.length > 0) lanes.push(complete(runFiles(suite, waiting, `${suite}-beside`, run)));
    await Promise.all(lanes);
  } catch (error) {
    results.add({ ...asFailure(suite, 'runs'), why: reasonOf(error) });
  }
  if (results.countOf(suite) === before && grep === undefined && !interrupted.aborted) {
    results.add({ ...asFailure(suite, 'has tests'), why: 'not one was executed' });
  }
}

let temporaryFolders = 0;

/**
 * A temporary folder for one process of tests, removed with everything in it. Its path is short,
 * because sockets lie in it.
 * @param {string} scratch
 */
async function makeTemporaryFolder(scratch) {
  temporaryFolders += 1;
  const folder = join(scratch, String(temporaryFolders));
  await mkdir(folder);
  await chmod(folder, 0o1777);
  return folder;
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
async function runFiles(suite, files, name, run) {
  const { results, scratch, parts, grep, bundled } = run;
  const resultsFile = join(scratch, `${name}-results.jsonl`);
  const finished = new AbortController();
  const hung = new AbortController();
  const temporary = await makeTemporaryFolder(scratch);
  const ports = await takePorts();
  const env = {
    ...run.env,
    TMPDIR: temporary,
    TMP: temporary,
    TEMP: temporary,
    CHROMA_TLS_PARTS: parts.url,
    CHROMA_TLS_RESULTS: resultsFile,
    CHROMA_TLS_TIMEOUT: String(TEST_LIMIT),
    CHROMA_TLS_TEST_FILES: JSON.stringify(files),
    CHROMA_TLS_PORTS: String(ports.first),
    CHROMA_TLS_MATRIX: suite === MATRIX ? 'whole' : 'pairwise',
    CHROMA_TLS_MAY_CHANGE_MACHINE: String(mayInstallPackages),
    // The user's own keys and servers are none of the tests' business.
    CHROMA_TLS_DATA_DIR: join(scratch, name, 'data'),
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
  const named = files.length === 1 ? basename(files[0] ?? '', '.test.js') : name;
  const following = { name: named, isWaiting: parts.isAsked };
  if (!(await results.follow(suite, resultsFile, ended, following))) hung.abort();
  finished.abort();
  await ended.catch(() => undefined);
  ports.release();
}
