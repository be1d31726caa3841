// A suite of tests in a Node.js process of its own.
import { repository } from '../dependencies.mjs';
import { runInGroup } from '../process-group.mjs';

/**
 * @param {object} suite
 * @param {string} suite.main the bundled runner
 * @param {string[]} suite.files
 * @param {Record<string, string>} suite.env
 * @param {AbortSignal} suite.hung set off when it hangs
 * @returns {Promise<string>} why it ended
 */
export async function runInNode({ main, files, env, hung }) {
  const { exitCode, signal } = await runInGroup(
    process.execPath,
    ['--enable-source-maps', main, ...files],
    {
      cwd: repository,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
      reject: false,
      cancelSignal: hung,
    },
  );
  return `exit ${exitCode ?? signal}`;
}
