import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { explainInvalidName, parseServerName, resolveNames } from '../../../src/project/domain.ts';
import { endpointUrl } from '../../../src/project/endpoint.ts';

describe('server names', () => {
  for (const [text, kind, value] of [
    ['localhost', 'dns', 'localhost'],
    ['Chroma.Example.TEST', 'dns', 'chroma.example.test'],
    ['*.example.test', 'dns', '*.example.test'],
    ['bücher.test', 'dns', 'xn--bcher-kva.test'],
    ['127.0.0.1', 'ip', '127.0.0.1'],
    ['0:0:0:0:0:0:0:1', 'ip', '::1'],
    ['[2001:DB8::0:1]', 'ip', '2001:db8::1'],
  ] as const) {
    it(`${text} is ${value}`, () => {
      const name = parseServerName(text);
      assert.deepEqual([name.kind, name.value], [kind, value]);
    });
  }

  for (const text of [
    '',
    ' ',
    'a b',
    'a,IP:10.0.0.1',
    'a,DNS:b',
    'DNS:a',
    'IP:10.0.0.1',
    'email:a@b',
    'a\nsubjectAltName=DNS:b',
    'a\0b',
    'a\u200bb',
    'https://a',
    'a/b',
    'a:8000',
    '999.1.1.1',
    '1.2.3',
    '0x7f.1',
    'fe80::1%eth0',
    '[::1',
    '::g',
    '-a.test',
    'a-.test',
    'a..b',
    '.a',
    'a.',
    '*',
    '*.test',
    'a.*.test',
    'a*.test',
    'a_b.test',
    '$HOME',
    `${'a'.repeat(64)}.test`,
    `${'abcdefgh.'.repeat(32)}test`,
  ]) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))}, saying why`, () => {
      assert.ok(explainInvalidName(text));
      assert.throws(() => parseServerName(text), { code: 'invalid-name' });
    });
  }

  it('puts the domain first and every name once', () => {
    const names = resolveNames('LOCALHOST', ['localhost', '::1', '0:0::1', '127.0.0.1']);
    assert.deepEqual(
      names.map(({ value }) => value),
      ['localhost', '::1', '127.0.0.1'],
    );
  });

  it('makes an address out of each kind', () => {
    assert.equal(endpointUrl('localhost', 8000), 'https://localhost:8000');
    assert.equal(endpointUrl('::1', 8000), 'https://[::1]:8000');
    assert.equal(endpointUrl('*.a.test', 1), 'https://chroma.a.test:1');
  });
});
