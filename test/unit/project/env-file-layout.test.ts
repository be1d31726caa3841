import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmod,
  lstat,
  mkdtemp,
  readdir,
  readFile,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import {
  DOMAIN_KEY,
  readDomain,
  readEnvValue,
  setEnvValue,
  writeDomain,
} from '../../../src/project/env-file.ts';
import { asPlainUser } from '../certificates/workspace-fixture.ts';
import { skipBecause } from '../../harness/skip-reasons.ts';

/** Lines that set the domain, `@` where its value stands. */
const SETTING = [
  ...['CHROMA_DOMAIN=@', '  CHROMA_DOMAIN=@', '\tCHROMA_DOMAIN =\t@  ', 'CHROMA_DOMAIN: @'],
  ...['export CHROMA_DOMAIN=@', 'export   CHROMA_DOMAIN="@"', 'CHROMA_DOMAIN=@ # old=1 "x"'],
  ...['CHROMA_DOMAIN="@"', "CHROMA_DOMAIN='@'", 'CHROMA_DOMAIN=`@`', "CHROMA_DOMAIN = '@' # it's"],
];
/** Lines that do not, one of them several lines long. */
const OTHER = [
  ...[
    '',
    '   ',
    '# CHROMA_DOMAIN=no',
    '#CHROMA_DOMAIN="no',
    'A=1',
    'export B="x # y" # c',
    "C='$'",
  ],
  ...['MY_CHROMA_DOMAIN=x', 'CHROMA_DOMAINS=x', 'chroma_domain=x', 'URL=a?CHROMA_DOMAIN=x', 'ü=ü'],
  ...['D="a\\"b"', 'E=it', 'EMPTY=', 'F= spaced out ', 'CHROMA.DOMAIN=x'],
  'M="first\nCHROMA_DOMAIN=inside\nlast"',
  'N=\'first\nexport CHROMA_DOMAIN="inside"\n\'',
];

describe('env file layout', () => {
  it('stays byte for byte, over many generated files', () => {
    const random = makeRandom(42);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    for (let round = 0; round < 3000; round += 1) {
      const newline = pick(['\n', '\r\n']);
      const lines = Array.from({ length: Math.floor(random() * 9) }, () =>
        random() < 0.35 ? pick(SETTING) : pick(OTHER),
      );
      const start = pick(['', '', '\uFEFF']);
      const layout = start + lines.join(newline) + pick(['', newline, newline + newline]);
      const fill = (value: string): string => layout.replaceAll('@', value);
      const edited = setEnvValue(fill('old.test'), DOMAIN_KEY, '*.new.test');
      const [body, appended] = layout.includes('@')
        ? [fill('*.new.test'), '']
        : [layout, edited.slice(layout.length)];
      assert.equal(edited, body + appended);
      if (appended !== '') assert.match(appended, /^(\r?\n)?CHROMA_DOMAIN=\*\.new\.test(\r?\n)?$/);
      assert.equal(readEnvValue(edited, DOMAIN_KEY), '*.new.test');
      assert.equal(setEnvValue(edited, DOMAIN_KEY, '*.new.test'), edited);
    }
  });

  for (const [what, before, after] of [
    ['an empty value before a comment', 'CHROMA_DOMAIN= # why', 'CHROMA_DOMAIN=new # why'],
    ['a comment that touches the value', 'CHROMA_DOMAIN=old#why', 'CHROMA_DOMAIN=new #why'],
    ['a comment that touches the equals sign', 'CHROMA_DOMAIN=#why', 'CHROMA_DOMAIN=new #why'],
    ['a quote without an end', 'CHROMA_DOMAIN="old\nB="2"\n', 'CHROMA_DOMAIN=new\nB="2"\n'],
    ['text after a quote', 'CHROMA_DOMAIN="a" b\nB=2', 'CHROMA_DOMAIN=new\nB=2'],
    ['a key without a value', 'CHROMA_DOMAIN\n', 'CHROMA_DOMAIN\nCHROMA_DOMAIN=new\n'],
    ['nothing but a byte order mark', '\uFEFF', '\uFEFFCHROMA_DOMAIN=new\n'],
    ['old line ends', 'A=1\rCHROMA_DOMAIN=old\rB=2', 'A=1\rCHROMA_DOMAIN=new\rB=2'],
  ] as const) {
    it(`has an answer to ${what}`, () => {
      assert.equal(setEnvValue(before, DOMAIN_KEY, 'new'), after);
      assert.equal(readEnvValue(after, DOMAIN_KEY), 'new');
    });
  }

  it('means the same to a shell', function () {
    if (process.platform === 'win32') skipBecause(this, 'Windows has no sh');
    const text = 'CHROMA_DOMAIN=a\nexport CHROMA_DOMAIN="b" # c\nCHROMA_DOMAIN=c#d\n';
    const edited = setEnvValue(text, DOMAIN_KEY, '*.new.test');
    const script = `${edited}printf %s "$CHROMA_DOMAIN"`;
    assert.equal(execFileSync('sh', ['-c', script], { encoding: 'utf8' }), '*.new.test');
  });

  for (const value of ['a b', 'a\nB=1', 'a"b', "a'b", 'a#b', '$HOME', 'a\\b', '`id`', 'ü']) {
    it(`refuses a value that would need escaping: ${JSON.stringify(value)}`, () => {
      assert.throws(() => setEnvValue('A=1', DOMAIN_KEY, value), RangeError);
    });
  }
});

describe('env file on disk', () => {
  let folder = '';
  let file = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chroma-tls-'));
    file = join(folder, '.env');
  });

  it('keeps bytes that are not UTF-8', async () => {
    const bytes = Buffer.from('# caf\xe9 \x85\xa0\nCHROMA_DOMAIN=old\nK=\xff\n', 'latin1');
    await writeFile(file, bytes);
    await writeDomain(file, 'new');
    const expected = bytes.toString('latin1').replace('old', 'new');
    assert.equal((await readFile(file)).toString('latin1'), expected);
    assert.equal(await readDomain(file), 'new');
  });

  it('writes the form that every reader can use, and refuses what cannot be a name', async () => {
    await writeDomain(file, 'Bücher.TEST');
    assert.equal(await readFile(file, 'utf8'), 'CHROMA_DOMAIN=xn--bcher-kva.test\n');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    await assert.rejects(writeDomain(file, 'a\nB=1'), { code: 'invalid-name' });
    assert.deepEqual(await readdir(folder), ['.env']);
  });

  it('writes through a link and leaves it one; a link to nowhere is refused', async () => {
    await writeFile(join(folder, 'shared.env'), 'A=1\n', { mode: 0o640 });
    await symlink('shared.env', file);
    await writeDomain(file, 'new');
    assert.ok((await lstat(file)).isSymbolicLink());
    assert.equal(await readFile(join(folder, 'shared.env'), 'utf8'), 'A=1\nCHROMA_DOMAIN=new\n');
    const dangling = join(folder, 'dangling');
    await symlink(join(tmpdir(), 'nowhere', 'at-all'), dangling);
    await assert.rejects(writeDomain(dangling, 'new'), { code: 'outside-workspace' });
  });

  it('does not touch a file that has the value already', async () => {
    await writeFile(file, 'CHROMA_DOMAIN=new');
    const { ino, mtimeMs } = await stat(file);
    await writeDomain(file, 'new');
    const after = await stat(file);
    assert.deepEqual([after.ino, after.mtimeMs], [ino, mtimeMs]);
  });

  it('explains UTF-16, a folder, and a file that is read-only', async function () {
    await writeFile(file, '\uFEFFA=1\r\n', 'utf16le');
    await assert.rejects(readDomain(file), { code: 'env-not-readable', message: /UTF-16/ });
    await assert.rejects(writeDomain(file, 'new'), { code: 'env-not-readable' });
    await assert.rejects(readDomain(folder), { code: 'env-not-readable' });
    if (process.platform === 'win32') skipBecause(this, 'Windows has no modes');
    await chmod(folder, 0o777);
    await writeFile(file, 'A=1\n');
    await chmod(file, 0o444);
    await asPlainUser(() =>
      assert.rejects(writeDomain(file, 'new'), { code: 'env-not-writable', message: /\.env/ }),
    );
    assert.equal(await readFile(file, 'utf8'), 'A=1\n');
  });
});

/** Mulberry32: the same files in every run. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
