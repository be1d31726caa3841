// A suite of tests inside VS Code's extension host. A browser opens a served VS Code with a payload
// that loads this checkout as an extension under development, and its tests.
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { missingParts } from '../parts/bench.mjs';
import { calmSettings } from '../calm-settings.mjs';
import { repository } from '../dependencies.mjs';
import { serveVsCode } from '../serve-vscode.mjs';

// Quiet (no update checks, no first-run pages), and able to run as root and without a display.
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A signal leaves the browser to those who opened it. */
export const deafToSignals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };

/** @typedef {import('../parts/bench.mjs').Part} Part */

/**
 * @typedef {object} SuiteOptions
 * @property {Record<string, string>} env for the tests
 * @property {string} scratchFolder
 * @property {AbortSignal} finished set off when the tests have ended, or hang
 */

/**
 * @param {SuiteOptions & { module: string, server: Part, browser: Part }} suite
 * @returns {Promise<string>} why it ended
 */
export async function runInExtensionHost(suite) {
  const parts = { 'vscode-server': suite.server, chromium: suite.browser };
  const missing = missingParts(parts, Object.keys(parts));
  if (missing !== undefined) throw new Error(missing);
  const server = /** @type {import('../parts/vscode-server.mjs').VsCodeServer} */ (
    /** @type {unknown} */ (suite.server)
  );
  const executablePath = /** @type {{ path: string }} */ (/** @type {unknown} */ (suite.browser))
    .path;
  const dataFolder = join(suite.scratchFolder, 'vscode');
  // A name that breaks every path that is not quoted.
  const workspace = join(suite.scratchFolder, `the tester's "wörk" space`);
  await mkdir(workspace, { recursive: true });
  await mkdir(dataFolder, { recursive: true });
  await mkdir(join(repository, 'test-results'), { recursive: true });
  const log = createWriteStream(join(repository, 'test-results', 'vscode-server.log'));
  const session = await serveVsCode({
    server,
    dataFolder,
    installExtension: false,
    testDriver: true,
    // The editor's own git runs in the same process; what it throws over a repository that a test
    // removed would count as that test's failure.
    settings: { ...calmSettings, 'git.enabled': false },
    env: suite.env,
    log: (line) => log.write(`${line}\n`),
  });
  const browser = await chromium.launch({
    ...deafToSignals,
    executablePath,
    args: chromiumArguments,
  });
  try {
    const page = await browser.newPage();
    const remote = session.origin.replace('http:', 'vscode-remote:');
    const payload = {
      extensionDevelopmentPath: `${remote}${repository}`,
      extensionTestsPath: `${remote}${suite.module}`,
    };
    await page.goto(session.urlFor(workspace, Object.entries(payload)));
    return await Promise.race([
      session.ended.then((code) => `the VS Code server ended with ${String(code)}`),
      aborted(suite.finished).then(() => 'finished'),
    ]);
  } finally {
    await browser.close();
    await session.stop();
    log.end();
  }
}

/** @param {AbortSignal} signal */
function aborted(signal) {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', resolve, { once: true });
  });
}
