import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { KNOWN_DIRECTORIES } from '../../../../../src/certificates/public/acme/known-directories.ts';
import {
  ALL_PROOFS,
  explainInvalidDirectory,
  explainInvalidNameList,
  explainInvalidPort,
  fittingProofs,
  readNameList,
  toSource,
} from '../../../../../src/vscode/model/public/request-choices.ts';

const [STAGING] = KNOWN_DIRECTORIES;
const OWN = 'https://acme.example.com/directory';

describe('the choices of a request', () => {
  const idsFor = (...names: readonly string[]): readonly string[] =>
    fittingProofs(names, ALL_PROOFS).map(({ id }) => id);

  it('are those proofs that can prove every name', () => {
    assert.deepEqual(idsFor('a.example.com'), [...ALL_PROOFS]);
    assert.deepEqual(idsFor('a.example.com', '*.example.com'), ['dns-records', 'dns-hook']);
    assert.deepEqual(idsFor('192.0.2.1'), ['listener', 'webroot', 'tls-alpn']);
    assert.deepEqual(idsFor('2001:db8::1', '*.example.com'), []);
    assert.deepEqual(
      fittingProofs(['a.example.com'], ['webroot']).map(({ id }) => id),
      ['webroot'],
    );
  });

  it('take names as they are typed, each once', () => {
    assert.deepEqual(readNameList(' A.example.com,a.example.com;\n[2001:DB8::1] '), [
      'a.example.com',
      '2001:db8::1',
    ]);
  });

  it('refuse names that cannot be asked for, and say why', () => {
    for (const [text, url, reason] of [
      ['', OWN, /needs a name/],
      ['a_b.example.com', OWN, /underscore/],
      ['*.example.com 192.0.2.1', OWN, /two certificates/],
      ['localhost', STAGING.url, /No public authority signs localhost/],
      ['chroma.internal', STAGING.url, /Names below internal belong to nobody/],
    ] as const) {
      assert.match(explainInvalidNameList(text, url) ?? 'taken', reason);
    }
    for (const [text, url] of [
      ['chroma, chroma.internal', OWN],
      ['chroma.trychroma.com', STAGING.url],
      ['192.0.2.1', STAGING.url],
    ] as const) {
      assert.equal(explainInvalidNameList(text, url), undefined);
    }
  });

  it('refuse what is no directory and no port', () => {
    assert.equal(explainInvalidDirectory(OWN), undefined);
    for (const text of ['', 'acme.example.com', 'http://a.test/', 'https://me:pw@a.test/']) {
      assert.notEqual(explainInvalidDirectory(text), undefined, text);
    }
    assert.equal(explainInvalidPort('65535'), undefined);
    for (const text of ['', '0', '65536', '80a', '-1']) {
      assert.notEqual(explainInvalidPort(text), undefined, text);
    }
  });

  it('become a source without what other answers left over', () => {
    assert.deepEqual(
      toSource({
        directory: OWN,
        names: ['a.example.com'],
        proof: 'dns-hook',
        hook: '/opt/hook',
        port: 5002,
        webroot: '/var/www',
        profile: '',
        email: '',
      }),
      {
        kind: 'acme',
        directory: OWN,
        names: ['a.example.com'],
        challenge: { type: 'dns-01', hook: '/opt/hook' },
      },
    );
  });
});
