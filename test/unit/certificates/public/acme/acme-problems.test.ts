import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  explainAcmeProblem,
  readAcmeProblem,
} from '../../../../../src/certificates/public/acme/acme-problems.ts';

const PREFIX = 'urn:ietf:params:acme:error:';

/** RFC 8555 section 6.7, RFC 9773 section 7.4, draft-ietf-acme-profiles; and what cures each. */
const TYPES: Readonly<Record<string, RegExp>> = {
  accountDoesNotExist: /new account/,
  alreadyReplaced: /without naming what it replaces/,
  alreadyRevoked: /another one/,
  badCSR: /keyType/,
  badNonce: /order continues/,
  badPublicKey: /keyType/,
  badRevocationReason: /report it/,
  badSignatureAlgorithm: /another authority/,
  caa: /CAA records/,
  compound: /each of them/,
  connection: /firewalls.*by DNS/,
  dns: /DNSSEC/,
  externalAccountRequired: /HMAC key/,
  incorrectResponse: /another server may answer/,
  invalidContact: /another one, or none/,
  invalidProfile: /one that it has/,
  malformed: /report it/,
  orderNotReady: /in a minute/,
  rateLimited: /staging/,
  rejectedIdentifier: /other names/,
  serverInternal: /later/,
  tls: /another challenge/,
  unauthorized: /TXT record/,
  unsupportedContact: /or none/,
  unsupportedIdentifier: /shortlived/,
  userActionRequired: /agreeing to its new terms/,
};

describe('the problem document of an ACME server', () => {
  for (const [type, cure] of Object.entries(TYPES)) {
    it(`of the type ${type} has a code, the server’s own words and a cure`, () => {
      const { problem } = explainAcmeProblem(
        { type: PREFIX + type, detail: 'Because of this.' },
        { name: 'a.test' },
      );
      assert.match(problem.code, /^acme(-[a-z]+)+$/);
      assert.notEqual(problem.code, 'acme-refused');
      assert.equal(problem.why, 'It says: Because of this.');
      assert.match(problem.next ?? '', cure);
    });
  }

  it('has a code for each type, and one for all others', () => {
    const codes = Object.keys(TYPES).map(
      (type) => explainAcmeProblem({ type: PREFIX + type }).problem.code,
    );
    assert.equal(new Set(codes).size, codes.length);
    for (const type of ['about:blank', `${PREFIX}new`, `${PREFIX}constructor`, 'urn:other']) {
      assert.equal(explainAcmeProblem({ type, detail: 'No.' }).code, 'acme-refused');
    }
    assert.equal(
      explainAcmeProblem({ type: `${PREFIX}malformed`, status: 404 }).code,
      'acme-not-found',
    );
  });

  it('names the name that it is about, its own before the one that was asked for', () => {
    const identifier = { type: 'dns', value: 'b.test' };
    const type = `${PREFIX}caa`;
    assert.match(explainAcmeProblem({ type, identifier }, { name: 'a.test' }).message, /b\.test/);
    assert.match(explainAcmeProblem({ type }, { name: 'a.test' }).message, /DNS of a\.test/);
    const subproblems = [{ type, detail: 'Not here', identifier }];
    assert.match(explainAcmeProblem({ type, subproblems }).message, /DNS of b\.test/);
  });

  it('has all that its subproblems say', () => {
    const { problem } = explainAcmeProblem({
      type: `${PREFIX}compound`,
      detail: 'Two names were refused',
      subproblems: [
        { type: `${PREFIX}caa`, detail: 'Not us.', identifier: { type: 'dns', value: 'a.test' } },
        { type: `${PREFIX}dns`, identifier: { type: 'dns', value: 'b.test' } },
      ],
    });
    assert.equal(problem.why, 'It says: Two names were refused; a.test: Not us.; b.test: dns.');
  });

  it('says when a limit ends, where the server does', () => {
    const type = `${PREFIX}rateLimited`;
    const retryAfter = new Date('2026-12-01T05:06:07Z');
    const { problem } = explainAcmeProblem({ type }, { retryAfter });
    assert.match(problem.next ?? '', /again from 2026-12-01 05:06 UTC on\.$/);
    assert.doesNotMatch(explainAcmeProblem({ type }).problem.next ?? '', /UTC/);
  });

  it('steers no terminal, and does not go on for ever', () => {
    const detail = `\u001b[31mred\r\nline\u2028${'x'.repeat(10_000)}`;
    const { why = '' } = explainAcmeProblem({ type: 'about:blank', detail }).problem;
    assert.doesNotMatch(why, /[\p{Cc}\p{Zl}]/u);
    assert.ok(why.length < 1000);
  });

  it('is read where it is one, and nothing else is', () => {
    assert.deepEqual(readAcmeProblem('{"type":"x","detail":"y","more":1}'), {
      type: 'x',
      detail: 'y',
    });
    for (const text of ['', '<html>', '"text"', '{"type":1}', '{"subproblems":{}}']) {
      assert.equal(readAcmeProblem(text), undefined, text);
    }
  });
});
