import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  chooseForEveryRun,
  choosePairwise,
  parseMatrix,
  renderMatrix,
  type Cell,
  type Combination,
} from '../../real/chroma/support-matrix.ts';

const ALL: readonly Combination[] = ['1', '2', '3'].flatMap((version) =>
  ['here', 'there', 'elsewhere'].flatMap((runtime) =>
    ['a', 'b', 'c'].map((tls) => ({ version, runtime, tls })),
  ),
);
const REFUSED: Cell = { works: false, why: 'It is too old.' };

describe('the table of what runs Chroma', () => {
  it('is tried pairwise: any two that can be together are together once, by far fewer', () => {
    const chosen = choosePairwise(ALL);
    const pairs = (of: readonly Combination[]): ReadonlySet<string> =>
      new Set(
        of.flatMap(({ version, runtime, tls }) => [
          `${version} ${runtime}`,
          `${version} ${tls}`,
          `${runtime} ${tls}`,
        ]),
      );
    assert.deepEqual(pairs(chosen), pairs(ALL));
    assert.ok(chosen.length <= 12, `${chosen.length} of ${ALL.length}`);
    assert.deepEqual(choosePairwise(ALL), chosen, 'the same again');
  });

  it('is tried wherever something is refused, and read as it was written', () => {
    const matrix = new Map(
      ['1', '2', '3'].flatMap((version) =>
        ['here', 'there', 'elsewhere'].map((runtime) => [
          `${version}, ${runtime}`,
          new Map<string, Cell>([
            ['a', { works: true }],
            ['b', version === '1' ? REFUSED : { works: true }],
            ['c', { works: true }],
          ]),
        ]),
      ),
    );
    const inEveryRun = chooseForEveryRun(ALL, matrix);
    for (const each of ALL) {
      if (each.version === '1' && each.tls === 'b') assert.ok(inEveryRun.has(each));
    }
    const text = renderMatrix(ALL, matrix);
    assert.match(text, /^\| 1, here \| .* \| – \(1\) \| .* \|$/m);
    assert.match(text, /^1\. It is too old\.$/m);
    assert.deepEqual(parseMatrix(text), matrix);
    assert.equal(renderMatrix(ALL, parseMatrix(text)), text);
  });
});
