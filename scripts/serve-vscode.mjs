// One VS Code server on loopback, with this extension in it, from start to a clean stop.
import { execFile as execFileThen, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { repository } from './dependencies.mjs';

/** An extension that opens what `npm start` shows. */
export const startOpener = join(repository, 'scripts', 'start-opener');
const execFile = promisify(execFileThen);

/**
 * @typedef {object} Session
 * @property {string} origin `http://127.0.0.1:PORT`, no slash
 * @property {(folder: string, payload?: [string, string][]) => string} urlFor the address that
 *   opens a folder (a path or a URI), or a window without one (''), the secret token in it
 * @property {() => Promise<void>} stop ends the server and whatever it started
 * @property {Promise<number | null>} ended
 */

/**
 * @typedef {object} Options
 * @property {import('./parts/vscode-server.mjs').VsCodeServer} server
 * @property {string} dataFolder everything the session keeps: settings, state, extensions, logs
 * @property {string} [port] a port or a range such as `3000-3099`; any free one if not given
 * @property {boolean | string} [installExtension] a link to this checkout; false when the payload loads
 *   it; the path of a package (`.vsix`), to install it as a user does
 * @property {boolean} [opener] opens the view and the walkthrough, once for this session
 * @property {boolean} [testDriver] obeys a payload that loads and tests an extension
 * @property {boolean} [workspaceTrust] asks whether the folder's authors are trusted, as usual
 * @property {Record<string, unknown>} [settings] the user's settings
 * @property {Record<string, string>} [env] for the extension
 * @property {(line: string) => void} [log]
 */

/**
 * @param {Options} options
 * @returns {Promise<Session>}
 */
export async function serveVsCode(options) {
  const { server, dataFolder, log } = options;
  const extensions = join(dataFolder, 'extensions');
  await rm(extensions, { recursive: true, force: true });
  await mkdir(extensions, { recursive: true });
  const { installExtension = true } = options;
  if (typeof installExtension === 'string')
    await installPackage(options, extensions, installExtension);
  else if (installExtension) await link(repository, extensions, 'chroma-tls');
  if (options.opener) await link(startOpener, extensions, 'start-opener');
  await writeSettings(dataFolder, options.settings ?? {});

  const token = randomBytes(16).toString('hex');
  const child = spawn(server.node, [server.serverMain, ...args(options, extensions, token)], {
    // Its own process group, so that stopping reaches extension hosts and terminals as well.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CHROMA_TLS_START: token, ...options.env },
  });
  /** @type {Promise<number | null>} */
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = () => stopGroup(child);
  // The last resort, for a run that is broken off.
  process.once('exit', () => signalGroup(child, 'SIGKILL'));
  try {
    const origin = await readOrigin(child, log);
    return { origin, urlFor: urlMaker(origin, token), stop, ended };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * @param {Options} options
 * @param {string} extensions
 * @param {string} token
 */
function args({ dataFolder, port = '0', testDriver, workspaceTrust }, extensions, token) {
  return [
    ...['--host', '127.0.0.1', '--port', port, '--connection-token', token],
    ...['--server-data-dir', join(dataFolder, 'server'), '--extensions-dir', extensions],
    ...['--accept-server-license-terms', '--telemetry-level', 'off'],
    ...(testDriver ? ['--enable-smoke-test-driver'] : []),
    ...(workspaceTrust ? [] : ['--disable-workspace-trust']),
  ];
}

/**
 * A link rather than a copy: after `npm run watch` has built, "Reload Window" is enough. It is the
 * whole folder because VS Code tells an extension's code by the real path of its root.
 * @param {string} folder
 * @param {string} extensions
 * @param {string} name
 */
async function link(folder, extensions, name) {
  await symlink(folder, join(extensions, name), 'junction');
}

/**
 * @param {Options} options
 * @param {string} extensions
 * @param {string} file
 */
async function installPackage({ server, dataFolder }, extensions, file) {
  const folders = ['--server-data-dir', join(dataFolder, 'server'), '--extensions-dir', extensions];
  await execFile(server.node, [server.serverMain, '--install-extension', file, ...folders]);
}

/** Settings that VS Code, where it is served, takes from the machine's file only. */
const ofMachine = ['workbench.welcomePage.walkthroughs.openOnInstall'];

/**
 * @param {string} dataFolder
 * @param {Record<string, unknown>} settings
 */
async function writeSettings(dataFolder, settings) {
  const all = Object.entries(settings);
  const byScope = {
    User: all.filter(([name]) => !ofMachine.includes(name)),
    Machine: all.filter(([name]) => ofMachine.includes(name)),
  };
  for (const [scope, some] of Object.entries(byScope)) {
    const folder = join(dataFolder, 'server', 'data', scope);
    await mkdir(folder, { recursive: true });
    const text = JSON.stringify(Object.fromEntries(some), null, 2);
    await writeFile(join(folder, 'settings.json'), text);
  }
}

/**
 * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child
 * @param {((line: string) => void) | undefined} log
 * @returns {Promise<string>}
 */
function readOrigin(child, log) {
  return new Promise((resolve, reject) => {
    /** @type {string[]} */
    const lastLines = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        log?.(line);
        lastLines.splice(0, lastLines.length - 9, ...lastLines.slice(-9), line);
        const port = /listening on (\d+)/.exec(line)?.[1];
        if (port) resolve(`http://127.0.0.1:${port}`);
      });
    }
    child.once('error', reject);
    child.once('exit', (code) => {
      const why = `the VS Code server ended with ${String(code)}`;
      reject(new Error([why, ...lastLines].join('\n')));
    });
  });
}

/**
 * @param {string} origin
 * @param {string} token
 * @returns {Session['urlFor']}
 */
function urlMaker(origin, token) {
  return (folder, payload) => {
    const url = new URL(origin);
    if (folder === '') url.searchParams.set('ew', 'true');
    else url.searchParams.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', folder);
    if (payload) url.searchParams.set('payload', JSON.stringify(payload));
    url.searchParams.set('tkn', token);
    return url.href;
  };
}

/**
 * The server first, alone: its extension hosts then end by themselves, and extensions get their
 * chance to stop what they started. What is left after that is ended for good.
 * @param {import('node:child_process').ChildProcess} child
 */
async function stopGroup(child) {
  child.kill('SIGTERM');
  for (const end = Date.now() + 10_000; Date.now() < end && signalGroup(child, 0);) {
    await sleep(100);
  }
  signalGroup(child, 'SIGKILL');
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals | 0} signal
 * @returns {boolean} whether anything of the group was there
 */
function signalGroup(child, signal) {
  if (!child.pid) return false;
  try {
    return process.platform === 'win32' ? child.kill(signal) : process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}
