import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import {
  labelProblem,
  PROBLEM_LABELS,
} from '../../../../../src/vscode/model/tree/problem-labels.ts';

/** What can say why a server does not start, or is not seen. */
const SOURCES = [
  'src/system',
  'src/project',
  'src/containers',
  'src/chroma',
  'src/certificates/folder',
  'src/certificates/inspect',
  'src/certificates/issue',
  'src/certificates/issuers',
];

describe('the label of a problem', () => {
  it('is there for every code that a start, a setting or a runtime can have', () => {
    const files = SOURCES.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(folder, name)),
    );
    assert.ok(files.length > 100);
    const missing = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\bcode: '([a-z][a-z0-9-]+)'/g)]
        .map(([, code = '']) => code)
        .filter((code) => !PROBLEM_LABELS.has(code))
        .map((code) => `${code} (${file})`),
    );
    assert.deepEqual(missing, [], 'give each a label in problem-labels.ts');
  });

  it('is a few words without a full stop, which a narrow side bar has room for', () => {
    for (const [code, label] of PROBLEM_LABELS) {
      assert.match(label, /^[A-Z.][\w. -]{3,15}$/, code);
    }
  });

  it('is one word where a code is new', () => {
    assert.equal(labelProblem('never-seen'), 'Failed');
  });
});
