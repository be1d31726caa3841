// A peer or a judge that is a Go program; without it there is nothing to compare.
import { part } from '../parts/install-parts.mjs';

/** @typedef {import('../parts/go-programs.mjs').GoProgram} GoProgram */

/**
 * @param {GoProgram} name
 * @returns {Promise<{ path: string, version: string }>}
 */
export async function installedGoProgram(name) {
  const found = await part(name);
  if (!found.available) throw new Error(`${name}: ${found.reason}`);
  return { path: String(found['path']), version: String(found['version']) };
}

/**
 * The same, as far as it is there within a time: it may have to be compiled.
 * @param {GoProgram} name
 * @param {number} limit milliseconds
 */
export async function goProgramWithin(name, limit) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    const text = `${name}: still being compiled after ${limit / 60_000} minutes; the next run goes on`;
    timer = setTimeout(() => reject(new Error(text)), limit);
  });
  try {
    await Promise.race([installedGoProgram(name), late]);
    return await installedGoProgram(name);
  } finally {
    clearTimeout(timer);
  }
}
