// A suite of tests in a Node.js process of its own.
import { execa } from 'execa';
import { repository } from '../dependencies.mjs';

/**
 * @param {object} suite
 * @param {string} suite.main the bundled runner
 * @param {string[]} suite.files
 * @param {Record<string, string>} suite.env
 * @param {number} suite.limit milliseconds the whole suite may take
 * @returns {Promise<string>} why it ended
 */
export async function runInNode({ main, files, env, limit }) {
  const { exitCode, timedOut, signal } = await execa(
    process.execPath,
    ['--enable-source-maps', main, ...files],
    {
      cwd: repository,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
      reject: false,
      timeout: limit,
    },
  );
  return timedOut ? `it took longer than ${limit / 60_000} minutes` : `exit ${exitCode ?? signal}`;
}
