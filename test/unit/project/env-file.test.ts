import assert from 'node:assert/strict';
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, it } from 'mocha';
import {
  DOMAIN_KEY,
  readDomain,
  readEnvValue,
  setEnvValue,
  writeDomain,
} from '../../../src/project/env-file.ts';

/** Pairs of a file and what it must become when the domain is set to `new.test`. */
const EDITS: readonly (readonly [string, string, string])[] = [
  ['an empty file', '', 'CHROMA_DOMAIN=new.test\n'],
  ['a missing key', 'A=1\n', 'A=1\nCHROMA_DOMAIN=new.test\n'],
  ['no newline at the end', 'A=1', 'A=1\nCHROMA_DOMAIN=new.test'],
  ['a plain value', 'CHROMA_DOMAIN=old\nB=2\n', 'CHROMA_DOMAIN=new.test\nB=2\n'],
  ['an empty value', 'CHROMA_DOMAIN=\nB=2', 'CHROMA_DOMAIN=new.test\nB=2'],
  ['double quotes', 'CHROMA_DOMAIN="old" # why\n', 'CHROMA_DOMAIN="new.test" # why\n'],
  ['single quotes', "CHROMA_DOMAIN='old'", "CHROMA_DOMAIN='new.test'"],
  ['export and spaces', ' export  CHROMA_DOMAIN = old \n', ' export  CHROMA_DOMAIN = new.test \n'],
  ['an inline comment', 'CHROMA_DOMAIN=old # why\nB=2', 'CHROMA_DOMAIN=new.test # why\nB=2'],
  ['CRLF', 'A=1\r\nCHROMA_DOMAIN=old\r\nB=2\r\n', 'A=1\r\nCHROMA_DOMAIN=new.test\r\nB=2\r\n'],
  ['CRLF without the key', 'A=1\r\n', 'A=1\r\nCHROMA_DOMAIN=new.test\r\n'],
  ['a byte order mark', '\uFEFFCHROMA_DOMAIN=old\n', '\uFEFFCHROMA_DOMAIN=new.test\n'],
  [
    'duplicates',
    'CHROMA_DOMAIN=a\n# CHROMA_DOMAIN=no\nCHROMA_DOMAIN="b"\n',
    'CHROMA_DOMAIN=new.test\n# CHROMA_DOMAIN=no\nCHROMA_DOMAIN="new.test"\n',
  ],
  [
    'a longer key',
    'MY_CHROMA_DOMAIN=x\nCHROMA_DOMAINS=y\n',
    'MY_CHROMA_DOMAIN=x\nCHROMA_DOMAINS=y\nCHROMA_DOMAIN=new.test\n',
  ],
];

describe('env file', () => {
  for (const [what, before, after] of EDITS) {
    it(`changes the domain and nothing else: ${what}`, () => {
      const edited = setEnvValue(before, DOMAIN_KEY, 'new.test');
      assert.equal(edited, after);
      assert.equal(readEnvValue(edited, DOMAIN_KEY), 'new.test');
    });
  }

  it('is read the same by another reader, whatever the file looks like', () => {
    const lines = ['A=1', '# note', '', 'B="x # y"', 'CHROMA_DOMAIN=old', "export C='z'"];
    for (let round = 0; round < 300; round += 1) {
      const newline = round % 2 === 0 ? '\n' : '\r\n';
      const picked = Array.from(
        { length: round % 7 },
        (_, index) => lines[(round * 31 + index * 17) % lines.length] ?? '',
      );
      const text = picked.join(newline);
      const edited = setEnvValue(text, DOMAIN_KEY, 'new.test');
      const before = parseEnv(text);
      assert.deepEqual({ ...parseEnv(edited) }, { ...before, CHROMA_DOMAIN: 'new.test' }, text);
      assert.equal(setEnvValue(edited, DOMAIN_KEY, 'new.test'), edited);
    }
  });

  it('keeps the mode of the file, and means localhost where there is none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-'));
    const file = join(folder, '.env');
    assert.equal(await readDomain(file), 'localhost');
    await writeFile(file, 'SECRET=1\n', { mode: 0o600 });
    await writeDomain(file, 'a.test');
    assert.equal(await readFile(file, 'utf8'), 'SECRET=1\nCHROMA_DOMAIN=a.test\n');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal(await readDomain(file), 'a.test');
  });
});
