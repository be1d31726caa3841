import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { stringify } from 'yaml';
import { NotPatchableError, patchYaml } from '../../../../src/system/yaml/yaml-patch.ts';
import { parseYaml, readYaml } from '../../../../src/system/yaml/yaml-document.ts';
import type { YamlMap, YamlValue } from '../../../../src/system/yaml/yaml-value.ts';

const PLAIN = { comments: new Map<string, string>(), spaced: () => false };

const TEXT = `# head
services:
  # the app
  web:
    image: nginx   # pinned
    command: >-
      a
      b

    ports: [ "1:2" ]   # both
    environment:
    - A=b
    # - C=d
    # the last of web

  # about db
  db: &db
    image: 'postgres'
    restart: always
  copy:
    <<: *db
    image: postgres:2

# the end
`;

/** The text as it reads after `change` was made to what it says. */
function patched(text: string, change: (said: Record<string, YamlValue>) => void): string {
  const said = structuredClone(readYaml(parseYaml(text))) as Record<string, YamlValue>;
  change(said);
  return patchYaml(text, said, PLAIN);
}

function at(said: YamlValue | undefined, ...path: readonly string[]): Record<string, YamlValue> {
  const found = path.reduce<YamlValue | undefined>((inner, key) => (inner as YamlMap)[key], said);
  return found as Record<string, YamlValue>;
}

describe('a patched YAML text', () => {
  it('is the same to the byte where nothing changes', () => {
    assert.equal(
      patched(TEXT, () => undefined),
      TEXT,
    );
  });

  for (const [what, change, before, after] of [
    [
      'a word, and keeps the comment behind it',
      (said) => {
        at(said, 'services', 'web')['image'] = 'nginx:1.29';
      },
      'image: nginx   # pinned',
      'image: nginx:1.29   # pinned',
    ],
    [
      'a folded text',
      (said) => {
        at(said, 'services', 'web')['command'] = ['a'];
      },
      'command: >-\n      a\n      b\n',
      'command:\n    - a\n',
    ],
    [
      'a list in brackets',
      (said) => {
        at(said, 'services', 'web')['ports'] = ['3:4'];
      },
      'ports: [ "1:2" ]   # both',
      'ports:\n    - "3:4"   # both',
    ],
    [
      'the end of a list, after the comments that stand there',
      (said) => {
        at(said, 'services', 'web')['environment'] = ['A=b', 'E=f'];
      },
      '    # the last of web\n',
      '    # the last of web\n    - E=f\n',
    ],
    [
      'the end of a map',
      (said) => {
        at(said, 'services', 'copy')['ports'] = ['1:2'];
      },
      'image: postgres:2\n',
      'image: postgres:2\n    ports:\n    - "1:2"\n',
    ],
    [
      'a whole service',
      (said) => {
        at(said, 'services')['new'] = { image: 'x' };
      },
      'image: postgres:2\n',
      'image: postgres:2\n  new:\n    image: x\n',
    ],
    [
      'the end of the file',
      (said) => {
        said['volumes'] = { data: null };
      },
      'image: postgres:2\n',
      'image: postgres:2\nvolumes:\n  data:\n',
    ],
    [
      'by taking out',
      (said) => {
        delete at(said, 'services', 'web')['command'];
      },
      '    command: >-\n      a\n      b\n',
      '',
    ],
  ] satisfies readonly [string, (said: Record<string, YamlValue>) => void, string, string][]) {
    it(`changes ${what}`, () => {
      assert.equal(patched(TEXT, change), TEXT.replace(before, after));
    });
  }

  it('keeps line ends, a missing one at the end, and fills a key that had nothing', () => {
    const text = 'services:\r\n  a:\r\n    image: x\r\nvolumes:';
    const result = patched(text, (said) => {
      said['volumes'] = { data: null };
      at(said, 'services')['b'] = { image: 'z' };
    });
    assert.equal(
      result,
      'services:\r\n  a:\r\n    image: x\r\n  b:\r\n    image: z\r\nvolumes:\r\n  data:',
    );
  });

  it('refuses what would change another place, or lose a comment', () => {
    assert.throws(
      () =>
        patched(TEXT, (said) => {
          at(said, 'services', 'db')['restart'] = 'no';
        }),
      NotPatchableError,
      'an anchor that is used elsewhere',
    );
    assert.throws(
      () =>
        patched('a: [\n  1, # one\n  2\n]\n', (said) => {
          said['a'] = [1];
        }),
      NotPatchableError,
    );
  });

  it('writes comments above what it adds, and quotes what YAML 1.1 would misread', () => {
    const look = {
      comments: new Map([
        ['services/b', 'why b\nis here'],
        ['services/b/ports', 'why these'],
      ]),
      spaced: (path: readonly string[]) => path.length === 2,
    };
    const wanted = { services: { a: { image: 'x' }, b: { ports: ['1:20'], x: 'yes' } } };
    assert.equal(
      patchYaml('services:\n  a:\n    image: x\n', wanted, look),
      'services:\n  a:\n    image: x\n\n  # why b\n  # is here\n  b:\n    # why these\n    ports:\n      - "1:20"\n    x: "yes"\n',
    );
  });

  it('says what it should, whatever was there and whatever is wanted', () => {
    const word = fc.oneof(
      fc.constantFrom('a', 'yes', '1:30', '# no', "it's", 'a: b', '', ' x', '- y', 'l1\nl2\n', '*'),
      fc.integer(),
      fc.boolean(),
    );
    const key = fc.constantFrom('a', 'b', 'c', 'd e', 'f');
    const inner = fc.oneof(
      word,
      fc.array(word, { minLength: 1, maxLength: 4 }),
      fc.dictionary(key, word, { minKeys: 1 }),
    );
    const tree = fc.dictionary(key, fc.oneof(inner, fc.dictionary(key, inner, { minKeys: 1 })), {
      minKeys: 1,
    });
    fc.assert(
      fc.property(tree, tree, fc.boolean(), (before, wanted, indentSeq) => {
        const plain = JSON.parse(JSON.stringify(wanted)) as YamlMap;
        const text = stringify(before, { indentSeq });
        const result = patchYaml(text, plain, PLAIN);
        assert.deepEqual(readYaml(parseYaml(result)), plain);
        assert.equal(patchYaml(result, plain, PLAIN), result);
      }),
      { numRuns: 150 },
    );
  });
});
