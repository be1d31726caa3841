import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { covers, tellDataLocation, type DataLocation } from '../../../src/chroma/data-path.ts';

const PYTHON = { generation: 'python', dataPath: '/chroma/chroma' } as const;
const RUST = { generation: 'rust', dataPath: '/data' } as const;
const at = (path: string): DataLocation => ({ kind: 'path', path });
const UNKNOWN: DataLocation = { kind: 'unknown' };

describe('where Chroma keeps its data', () => {
  for (const [what, capabilities, words, environment, expected] of [
    ['the image of 0.x', PYTHON, [], {}, at('/chroma/chroma')],
    ['its environment', PYTHON, [], { PERSIST_DIRECTORY: '/chroma/data/' }, at('/chroma/data')],
    ['a path from where 0.x works', PYTHON, [], { PERSIST_DIRECTORY: './d' }, at('/chroma/d')],
    ['no variable that is empty', PYTHON, [], { PERSIST_DIRECTORY: '' }, at('/chroma/chroma')],
    ['the environment of 1.x', RUST, [], { CHROMA_PERSIST_PATH: '/d' }, at('/d')],
    [
      'its configuration and no variable of 0.x',
      RUST,
      ['run', '/my.yaml'],
      { PERSIST_DIRECTORY: '/d' },
      { kind: 'config', file: '/my.yaml' },
    ],
    ['its command', RUST, ['run', '--path', '/c'], { CHROMA_PERSIST_PATH: '/d' }, at('/c')],
    ['its command in one word', RUST, ['chroma', 'run', '--path=/c/'], {}, at('/c')],
    ['nothing without a configuration', RUST, ['run', '--host', '0.0.0.0'], {}, UNKNOWN],
    ['nothing that only the image knows', RUST, ['run', '--path', 'c'], {}, UNKNOWN],
  ] as const) {
    it(`is said by ${what}`, () => {
      assert.deepEqual(tellDataLocation({ words, environment }, capabilities), expected);
    });
  }

  it('is held by a mount at it, or at a folder around it', () => {
    assert.ok(covers('/data', '/data'));
    assert.ok(covers('/chroma/', '/chroma/chroma'));
    assert.ok(!covers('/data', '/data2'));
    assert.ok(!covers('/chroma/chroma', '/chroma'));
  });
});
