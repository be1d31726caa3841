import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { findLacks } from '../../../../../src/certificates/public/acme/dns/await-records.ts';
import {
  challengeRecord,
  groupByName,
} from '../../../../../src/certificates/public/acme/dns/challenge-record.ts';
import { climb } from '../../../../../src/certificates/public/acme/dns/name-servers.ts';
import { hookEnvironment } from '../../../../../src/certificates/public/acme/responders/dns-hook.ts';

const PROOFS = ['example.com', 'example.com', 'other.example'].map((name, index) => ({
  name,
  token: `token${index}`,
  keyAuthorization: `token${index}.thumbprint`,
}));

describe('the records that prove names', () => {
  it('have the digest of the key authorization as their value', () => {
    // printf 'token0.thumbprint' | openssl dgst -sha256 -binary | basenc --base64url
    assert.deepEqual(PROOFS.slice(0, 1).map(challengeRecord), [
      {
        name: '_acme-challenge.example.com',
        value: '3oZq91fkef7WIosCICIK3EOGNTYSpAM9YUcQ5v1Bavk',
      },
    ]);
  });

  it('are two at one name for a domain and its wildcard', () => {
    const grouped = groupByName(PROOFS.map(challengeRecord));
    assert.deepEqual(
      [...grouped].map(([name, values]) => [name, values.size]),
      [
        ['_acme-challenge.example.com', 2],
        ['_acme-challenge.other.example', 1],
      ],
    );
  });

  it('are missing until each server that answers has every value', () => {
    const lacks = (
      ...answers: (readonly string[] | undefined)[]
    ): readonly (string | undefined)[] =>
      findLacks(
        'name',
        new Set(['a', 'b']),
        answers.map((values, index) => ({ server: `ns${index}`, values })),
      ).map(({ server, missing }) => `${server ?? 'none'} lacks ${missing.join()}`);
    assert.deepEqual(lacks(['a', 'b', 'old'], undefined), []);
    assert.deepEqual(lacks(['b', 'a'], ['a']), ['ns1 lacks b']);
    assert.deepEqual(lacks([], ['a', 'b']), ['ns0 lacks a,b']);
    assert.deepEqual(lacks(undefined, undefined), ['none lacks a,b']);
    assert.deepEqual(lacks(), ['none lacks a,b']);
  });

  it('reach a program as certbot hands them to its hooks for dns-01', () => {
    assert.deepEqual(hookEnvironment(PROOFS, 1), {
      CERTBOT_DOMAIN: 'example.com',
      CERTBOT_VALIDATION: PROOFS.map(challengeRecord)[1]?.value,
      CERTBOT_REMAINING_CHALLENGES: '1',
      CERTBOT_ALL_DOMAINS: 'example.com,example.com,other.example',
    });
  });
});

describe('the way up from a name', () => {
  it('ends at the top-level domain', () => {
    assert.deepEqual(climb('a.b.example.com'), [
      'a.b.example.com',
      'b.example.com',
      'example.com',
      'com',
    ]);
  });
});
