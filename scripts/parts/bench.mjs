// The bench: one folder outside the repository where every real part is kept, so that a second
// run, another clone or another branch finds it again.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {{ available: true } & Record<string, unknown>} AvailablePart
 * @typedef {{ available: false, reason: string }} MissingPart
 * @typedef {AvailablePart | MissingPart} Part
 */

export const runnerFolder =
  process.env['CHROMA_TLS_BENCH_DIR'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'chroma-tls-bench');

/** @param {string[]} segments */
export const benchPath = (...segments) => join(runnerFolder, ...segments);

/** Where packages are installed and the Docker Engine is started; elsewhere both are looked for. */
export const mayInstallPackages =
  process.env['CHROMA_TLS_NO_INSTALL'] !== 'true' &&
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  isDebian();

export const whyNotInstalled =
  process.env['CHROMA_TLS_NO_INSTALL'] === 'true'
    ? '--no-install leaves it so'
    : 'only as root on Debian or Ubuntu is it installed';

function isDebian() {
  const file = '/etc/os-release';
  return existsSync(file) && /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync(file, 'utf8'));
}

const began = Date.now();

/**
 * Lines that say which part, how far, and how long since the run began.
 * @param {string} part
 */
export function progress(part) {
  return (/** @type {string} */ text) => {
    const seconds = ((Date.now() - began) / 1000).toFixed(1).padStart(5);
    console.log(`${seconds}s [${part}] ${text}`);
  };
}

/** @param {unknown} error */
export function reasonOf(error) {
  if (!(error instanceof Error)) return String(error);
  // execa puts the useful part (the command and its last words) in `shortMessage` and `stderr`.
  const { shortMessage, stderr } =
    /** @type {Error & { shortMessage?: string, stderr?: string }} */ (error);
  const lastWords = (stderr ?? '').trim().split('\n').slice(-3).join(' · ');
  return [shortMessage ?? error.message, lastWords].filter(Boolean).join(': ');
}

/**
 * @param {Record<string, Part>} parts
 * @param {string[]} names
 * @returns {string | undefined} which are missing and why; undefined if none is
 */
export function missingParts(parts, names) {
  const reasons = names.flatMap((name) => {
    const found = parts[name];
    return found?.available ? [] : [`${name}: ${found?.reason ?? 'not installed'}`];
  });
  return reasons.length > 0 ? reasons.join('; ') : undefined;
}

/** @param {string} path */
export async function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * One at a time, over all processes of this machine: two clones may be tested at once.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} task
 * @returns {Promise<T>}
 */
export async function withLock(name, task) {
  const file = benchPath('locks', `${name}.lock`);
  await mkdir(benchPath('locks'), { recursive: true });
  for (let told = false; !(await take(file));) {
    if (!told) progress(name)('being installed already, waiting for that');
    told = true;
    await sleep(200);
  }
  try {
    return await task();
  } finally {
    await rm(file, { force: true });
  }
}

/** @param {string} file */
async function take(file) {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  const holder = Number(await readFile(file, 'utf8').catch(() => '0'));
  if (holder > 0 && !isRunning(holder)) {
    // Renaming first: of two that find a dead holder only one may clear it away.
    const cleared = `${file}.${String(process.pid)}`;
    await rename(file, cleared).then(
      () => rm(cleared),
      () => undefined,
    );
  }
  return false;
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * A folder that is either whole or not there: it is filled under another name and then renamed.
 * @param {string} name folder below the bench, with its version, e.g. `uv-0.13.9`
 * @param {(folder: string) => Promise<void>} fill
 * @returns {Promise<string>} the folder
 */
export async function keptFolder(name, fill) {
  const folder = benchPath(name);
  const whole = `${folder}.ok`;
  if (await exists(whole)) return folder;
  return withLock(name, async () => {
    if (await exists(whole)) return folder;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await fill(folder);
    // A marker beside it, not a rename: virtual environments hold their own absolute path.
    await writeFile(whole, '');
    return folder;
  });
}

/** How long (ms) each part took that was asked for, whether it was there already or not. */
export const installations = /** @type {Map<string, number>} */ (new Map());

/**
 * A part that cannot be had is an answer, not a crash: its tests are then skipped by name.
 * @param {string} part
 * @param {() => Promise<Part>} install
 * @returns {Promise<Part>}
 */
export async function asPart(part, install) {
  const say = progress(part);
  const started = Date.now();
  try {
    const result = await install();
    if (!result.available) say(`not available: ${result.reason}`);
    return result;
  } catch (error) {
    const reason = reasonOf(error);
    say(`not available: ${reason}`);
    return { available: false, reason };
  } finally {
    installations.set(part, Date.now() - started);
  }
}
