// Serves VS Code to the user at this machine until they press Ctrl+C.
import { createWriteStream } from 'node:fs';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { runnerFolder, benchPath, reasonOf } from './parts/bench.mjs';
import { installVsCodeServer } from './parts/vscode-server.mjs';
import { serveVsCode } from './serve-vscode.mjs';
import { calmSettings } from './calm-settings.mjs';

/**
 * @param {{ folder: string, port: string, open: boolean }} options
 * @returns {Promise<number>} the exit code
 */
export async function serveForPerson({ folder, port, open }) {
  await mkdir(runnerFolder, { recursive: true });
  // Of its own for every run: two may be served at once.
  const dataFolder = await mkdtemp(benchPath('start-'));
  try {
    const session = await startSession(dataFolder, port);
    if (!session) return 1;
    const url = session.urlFor(folder);
    console.log(`\nOpen ${url}\n\nCtrl+C stops it.`);
    if (open) await openBrowser(url);
    const ended = await Promise.race([session.ended, interrupted()]);
    await session.stop();
    if (ended === 'interrupted') return 0;
    console.error(`The VS Code server ended with ${String(ended)}.`);
    return 1;
  } finally {
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * @param {string} dataFolder
 * @param {string} port
 */
async function startSession(dataFolder, port) {
  const log = createWriteStream(join(dataFolder, 'server.log'));
  try {
    const server = await installVsCodeServer();
    console.log(`Starting VS Code ${server.version} …`);
    return await serveVsCode({
      server,
      dataFolder,
      port,
      settings: calmSettings,
      opener: true,
      log: (line) => log.write(`${line}\n`),
    });
  } catch (error) {
    console.error(`VS Code could not be served: ${reasonOf(error)}`);
    console.error('It comes from npm; install desktop VS Code (`code` on PATH) to do without.');
    return undefined;
  }
}

/** @returns {Promise<'interrupted'>} */
function interrupted() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.once(signal, () => {
        resolve('interrupted');
      });
    }
  });
}

/** @type {Partial<Record<NodeJS.Platform, [string, ...string[]]>>} */
const openers = { darwin: ['open'], win32: ['rundll32', 'url.dll,FileProtocolHandler'] };

/** @param {string} url */
async function openBrowser(url) {
  const [program, ...args] = openers[process.platform] ?? ['xdg-open'];
  const { failed } = await execa(program, [...args, url], { reject: false, timeout: 5000 });
  if (failed) console.log('(No browser could be opened from here; open the address yourself.)');
}
