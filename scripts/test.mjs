// `npm test`: gets everything real the tests need, runs all suites, and ends with the counts.
import { parseArgs } from 'node:util';
import { ensureDependencies } from './dependencies.mjs';
import { endOnSignals, interrupted, leave } from './interruption.mjs';

const help = `npm test -- [suites] [options]
  suites          any of: check unit vscode real browser (default: all of these), or
                  matrix: every combination of docs/support-matrix.md, of which real tries some, and
                  the Rust client, which takes minutes to compile
  --grep PATTERN  only tests whose full title matches (a regular expression)
  --coverage      prints the test coverage of src, file by file
  --no-install    installs no system package and starts no Docker Engine, where it may
                  (as root on Debian or Ubuntu it does both)

A part that is missing skips its tests, by name. With CI=true it fails them.
`;

const { values, positionals: chosen } = parseArgs({
  options: {
    grep: { type: 'string' },
    coverage: { type: 'boolean' },
    'no-install': { type: 'boolean' },
    help: { type: 'boolean' },
  },
  allowPositionals: true,
});
if (values.help) {
  console.log(help);
  process.exit();
}

if (values['no-install']) process.env['CHROMA_TLS_NO_INSTALL'] = 'true';
ensureDependencies();
const { ensureNewNode } = await import('./newer-node.mjs');
await ensureNewNode();
endOnSignals();
const { runSuites } = await import('./suites/run-suites.mjs');
const { MATRIX, suiteNames } = await import('./suites/test-bundle.mjs');
const known = ['check', ...suiteNames, MATRIX];
const unknown = chosen.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no suite called ${unknown.join(', ')}.\n\n${help}`);
  process.exit(2);
}
const isWell = await runSuites(chosen, values);
// Of the installations that no test waits for, only that of a Debian package is waited for.
await leave(interrupted.aborted ? 130 : isWell ? 0 : 1);
