import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { KNOWN_DIRECTORIES } from '../../../../../src/certificates/public/acme/known-directories.ts';
import { readOrderableNames } from '../../../../../src/certificates/public/acme/orderable-names.ts';

const [STAGING] = KNOWN_DIRECTORIES;
const OWN = 'https://acme.test/dir';

describe('the names of an order', () => {
  it('are each there once, as they are written', () => {
    const names = readOrderableNames(['A.test', 'a.test', '[2001:DB8::1]'], 'http-01', OWN);
    assert.deepEqual(
      names.map(({ kind, value }) => [kind, value]),
      [
        ['dns', 'a.test'],
        ['ip', '2001:db8::1'],
      ],
    );
  });

  it('of private networks go to an authority of one’s own only', () => {
    const inner = [
      'localhost',
      'chroma',
      'a.localhost',
      'chroma.test',
      'chroma.local',
      'chroma.home.arpa',
      'www.example.com',
      '*.internal.internal',
      ...['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '100.64.0.1', '169.254.1.1'],
      ...['::1', 'fd00::1', 'fe80::1'],
    ];
    for (const name of inner) {
      const challenge = name.startsWith('*.') ? 'dns-01' : 'http-01';
      assert.equal(readOrderableNames([name], challenge, OWN).length, 1, name);
      assert.throws(
        () => readOrderableNames([name], challenge, STAGING.url),
        { code: 'acme-name-refused' },
        name,
      );
    }
    for (const name of [
      'chroma.dev',
      'my-example.com',
      'test.dev',
      '172.32.0.1',
      '8.8.8.8',
      '2600::1',
    ]) {
      assert.equal(readOrderableNames([name], 'http-01', STAGING.url).length, 1, name);
    }
  });

  it('have to fit the challenge', () => {
    for (const challenge of ['http-01', 'http-01-webroot', 'tls-alpn-01'] as const) {
      assert.throws(() => readOrderableNames(['a.test', '*.a.test'], challenge, OWN), {
        code: 'acme-challenge-unfit',
      });
    }
    assert.throws(() => readOrderableNames(['192.0.2.1'], 'dns-01', OWN), {
      code: 'acme-challenge-unfit',
    });
  });

  it('are between one and a hundred', () => {
    const many = [...Array(101).keys()].map((number) => `n${number}.test`);
    assert.equal(readOrderableNames(many.slice(1), 'http-01', OWN).length, 100);
    for (const names of [[], many]) {
      assert.throws(() => readOrderableNames(names, 'http-01', OWN), { code: 'acme-name-refused' });
    }
  });
});
