import assert from 'node:assert/strict';

/** What VS Code knows of its keys; one that is not set is false. */
export type Keys = Readonly<Record<string, string | boolean | number>>;

/** Whether a `when` clause holds, as far as ours go: `&&` binds closer than `||`, and no more. */
export function holds(when: string | undefined, keys: Keys): boolean {
  if (when === undefined) return true;
  return when.split(' || ').some((all) => all.split(' && ').every((term) => holdsTerm(term, keys)));
}

function holdsTerm(term: string, keys: Keys): boolean {
  if (term === 'false') return false;
  const pattern = /^([\w.]+) =~ \/(.+)\/$/.exec(term);
  if (pattern) return new RegExp(pattern[2] ?? '').test(String(keys[pattern[1] ?? ''] ?? ''));
  const parts = /^\(?(!?)([\w.]+)(?: (==|!=|>) '?([\w.-]+)'?)?\)?$/.exec(term);
  assert.ok(parts, `not understood: ${term}`);
  const [, not, name = '', operator, wanted] = parts;
  const value = keys[name];
  switch (operator) {
    case '==':
      return String(value) === wanted;
    case '!=':
      return String(value) !== wanted;
    case '>':
      return Number(value) > Number(wanted);
    default:
      return (not === '!') !== (value !== undefined && value !== false && value !== '');
  }
}
