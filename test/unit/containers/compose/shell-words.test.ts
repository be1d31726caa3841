import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { findDataPaths } from '../../../../src/chroma/runtimes/compose/service-data.ts';
import { splitWords } from '../../../../src/containers/compose/shell-words.ts';
import { skipBecause } from '../../../harness/skip-reasons.ts';

describe('the words of a command in one text', () => {
  for (const [text, expected] of [
    ['chroma run --path /data', ['chroma', 'run', '--path', '/data']],
    ['chroma run --path "/my data"', ['chroma', 'run', '--path', '/my data']],
    ["  run --path='/my data'\n", ['run', '--path=/my data']],
    ['run /my\\ data', ['run', '/my data']],
    ['sh -c "echo \\"a b\\" \\n" \'\\"\'', ['sh', '-c', 'echo "a b" \\n', '\\"']],
    [
      'run \\\n  --path "/my \\\ndata" \\\n--host\\\nname',
      ['run', '--path', '/my data', '--hostname'],
    ],
    ['a "" b', ['a', '', 'b']],
    ['a "b c', ['a', 'b c']],
    ['', []],
  ] as const) {
    it(`are ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(splitWords(text), expected);
    });
  }

  it('are what a shell makes of them', function () {
    if (process.platform === 'win32') skipBecause(this, 'Windows has no POSIX shell');
    const quoted = fc.oneof(
      fc.stringMatching(/^[a-z/= ]{1,6}$/).map((inner) => `'${inner}'`),
      fc.stringMatching(/^(?:[a-z' ]|\\["\\]){0,6}$/).map((inner) => `"${inner}"`),
      fc.stringMatching(/^[a-z/=-]{1,6}$/),
      fc.constantFrom('\\ ', '\\"', "\\'", '\\\\', ' ', '  '),
    );
    const texts = fc.sample(
      fc.array(quoted, { maxLength: 8 }).map((parts) => parts.join('')),
      { numRuns: 200, seed: 1 },
    );
    // One word a line: none of them has a line break in it.
    const script = texts.map((text) => `for word in ${text}; do say "$word"; done; say --`);
    const printed = execFileSync(
      'sh',
      ['-c', `say() { printf '%s\\n' "$1"; }\n${script.join('\n')}`],
      { encoding: 'utf8' },
    );
    assert.equal(
      texts.flatMap((text) => [...splitWords(text), '--']).join('\n'),
      printed.trimEnd(),
    );
  });

  it('say where Chroma has its data', async () => {
    const service = { command: 'chroma run --path "/my data" --host 0.0.0.0' };
    const found = await findDataPaths(service, () => Promise.resolve(undefined));
    assert.deepEqual(found, { python: '/my data', rust: '/my data' });
  });
});
