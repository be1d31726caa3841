// What is checked without running anything: types, lint rules, layers, dead code and formatting.
import { execa } from 'execa';
import { repository } from '../dependencies.mjs';

const checks = {
  'types are right': ['tsc', '--noEmit'],
  'lint rules hold': ['eslint', '.'],
  'arrows point down, and none runs in a circle': [
    'depcruise',
    '--config',
    '.dependency-cruiser.mjs',
    'src',
  ],
  'nothing is unused': ['knip'],
  'docs say what the code is': ['node', 'scripts/docs.mjs', '--check'],
  'files are formatted': ['prettier', '--check', '--log-level', 'warn', '.'],
};

/** @param {import('./results.mjs').Results} results */
export async function runChecks(results) {
  for (const [title, [program = '', ...args]] of Object.entries(checks)) {
    const began = Date.now();
    const { failed, all } = await execa(program, args, {
      cwd: repository,
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
