// What is checked without running anything: types, lint rules, layers, dead code and formatting.
import { execa } from 'execa';
import { repository } from '../dependencies.mjs';

/** What each of npm's own scripts holds. */
const checks = {
  'types are right': 'typecheck',
  'lint rules hold': 'lint',
  'arrows point down, and none runs in a circle': 'layers',
  'nothing is unused': 'unused',
  'docs say what the code is': 'docs:check',
  'files are formatted': 'format:check',
};

/** @param {import('./results.mjs').Results} results */
export async function runChecks(results) {
  for (const [title, script] of Object.entries(checks)) {
    const began = Date.now();
    const { failed, all } = await execa('npm', ['run', '--silent', script], {
      cwd: repository,
      // It puts this very Node.js first: the one on the PATH may be too old for the linter.
      preferLocal: true,
      all: true,
      reject: false,
    });
    results.add({
      suite: 'check',
      state: failed ? 'failed' : 'passed',
      path: [title],
      milliseconds: Date.now() - began,
      ...(failed ? { why: String(all) } : {}),
    });
  }
}
