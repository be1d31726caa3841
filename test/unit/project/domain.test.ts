import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { explainInvalidName, parseServerName } from '../../../src/project/domain.ts';
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
    ['0:0:0:ffff:0:0:0:1', 'ip', '::ffff:0:0:0:1'],
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

  for (const [text, reason] of [
    ['localhost:8000', /port/],
    ['[::1]:8000', /port/],
    ['https://localhost', /scheme/],
    ['localhost/x', /path/],
    ['me@localhost', /user name/],
    ['a,b', /One name only/],
    ['IP:10.0.0.1', /One name only/],
    ['a\nb', /line break/],
    ['a\u202eb', /invisible/],
    ['a\u200db', /invisible/],
    ['a b', /space/],
    ['fe80::1%eth0', /zone/],
    ['::ffff:127.0.0.1', /IPv4 address in IPv6 form/],
    ['0:0:0:0:0:FFFF:0:1', /IPv4 address in IPv6 form/],
    ['1.2.3', /four numbers/],
    ['999.1.1.1', /four numbers/],
    ['host.0x10', /four numbers/],
    ['\u{ff11}.2.3.\u{ff14}', /four numbers/],
    ['*', /domain after it/],
    ['*.', /domain after it/],
    ['*.localhost', /two labels/],
    ['a.*.test', /alone at the front/],
    ['**.a.test', /alone at the front/],
    ['a_b', /underscore/],
    ['-a', /hyphen/],
    ['a.', /empty part/],
    ['xn--a.test', /international/],
    ['a\uff0cb', /Only letters/],
    [`*.${`${'a'.repeat(50)}.`.repeat(4)}${'b'.repeat(48)}`, /longer than 253/],
  ] as const) {
    it(`says what is wrong with ${JSON.stringify(text.slice(0, 40))}`, () => {
      assert.match(explainInvalidName(text) ?? '', reason);
      assert.throws(() => parseServerName(text), { code: 'invalid-name', message: reason });
    });
  }

  it('takes the longest names that are allowed', () => {
    for (const text of [
      `${'a'.repeat(63)}.test`,
      `${`${'a'.repeat(50)}.`.repeat(4)}${'b'.repeat(49)}`,
      `*.${`${'a'.repeat(50)}.`.repeat(4)}${'b'.repeat(47)}`,
    ]) {
      assert.equal(parseServerName(text).value, text);
    }
  });

  it('shows an international name as users write it, and drops spaces around it', () => {
    const name = parseServerName(' *.B\u00fccher.test ');
    assert.deepEqual([name.value, name.display], ['*.xn--bcher-kva.test', '*.b\u00fccher.test']);
    assert.equal(parseServerName('xn--bcher-kva.test').display, 'b\u00fccher.test');
    assert.equal(parseServerName('\u4f8b\u3048\u3002test').value, 'xn--r8jz45g.test');
  });

  it('lets only a plain name pass, whatever is tried', () => {
    const parts = [
      'a',
      'B',
      '1',
      '.',
      '-',
      '*',
      ':',
      ',',
      ' ',
      '\n',
      '%',
      '\u0000',
      '\u00fc',
      '\u3002',
    ];
    let accepted = 0;
    for (let seed = 0; seed < parts.length ** 4; seed += 1) {
      const text = [0, 1, 2, 3]
        .map((location) => parts[Math.floor(seed / parts.length ** location) % parts.length])
        .join('');
      if (explainInvalidName(text) !== undefined) continue;
      accepted += 1;
      const { kind, value } = parseServerName(text);
      assert.match(
        value,
        kind === 'ip' ? /^[\d.]+$|^[\da-f:]+$/ : /^(\*\.)?[a-z\d-]+(\.[a-z\d-]+)*$/,
      );
      assert.equal(parseServerName(value).value, value);
    }
    assert.ok(accepted > 100);
  });

  it('makes an address out of each kind', () => {
    assert.equal(endpointUrl('localhost', 8000), 'https://localhost:8000');
    assert.equal(endpointUrl('::1', 8000), 'https://[::1]:8000');
    assert.equal(endpointUrl('*.a.test', 1), 'https://chroma.a.test:1');
  });
});
