import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { findSecrets, redact } from '../../../src/diagnosis/redact.ts';
import { readOwnUser } from '../../../src/system/processes/own-user.ts';
import { skipBecause } from '../../harness/skip-reasons.ts';

const SECRETS = { values: ['s3cr3t-value'], home: '/home/alice', user: 'alice' };

describe('a report for others', () => {
  for (const [said, shown] of [
    ['docker 27, /home/alice/bin/docker', 'docker 27, ~/bin/docker'],
    ['held by node of alice (process 12)', 'held by node of USER (process 12)'],
    ['the folder alice-s3cr3t-value', 'the folder USER-…'],
    ['container alice-app-1, project_alice_1', 'container USER-app-1, project_USER_1'],
    ['/mnt/c/Users/Alice/app', '/mnt/c/Users/USER/app'],
    ['authorization: Bearer abcdef123456', 'authorization: Bearer …'],
    ['CHROMA_TOKEN=abc PORT=1', 'CHROMA_TOKEN=… PORT=1'],
    ['"password": "x y"', '"password": … y"'],
    ['http://me:pw@host/', 'http://…@host/'],
    ['-----BEGIN EC PRIVATE KEY-----\nMHc=\n-----END EC PRIVATE KEY----- and more', '… and more'],
    ['-----BEGIN ENCRYPTED PRIVATE KEY-----\nMHc=', '…'],
  ] as const) {
    it(`says ${shown}`, () => {
      assert.equal(redact(said, SECRETS), shown);
    });
  }

  it('is made too for a user whom the system has no name for', function () {
    // As in a container with `--user 54321`; only root can become such a one.
    if (process.geteuid?.() !== 0) skipBecause(this, 'needs root to become a user without a name');
    const former = process.env['USER'];
    process.env['USER'] = 'alice';
    process.seteuid?.(54_321);
    try {
      assert.equal(findSecrets([]).user, 'alice');
      assert.equal(readOwnUser().uid, 54_321);
    } finally {
      process.seteuid?.(0);
      if (former === undefined) delete process.env['USER'];
      else process.env['USER'] = former;
    }
  });

  it('keeps what is no secret', () => {
    const text = 'The server asks for a token, and .env has none: alicetoken, 127.0.0.1:8000.';
    assert.equal(redact(text, SECRETS), text);
    assert.equal(redact('root and /', { values: [''], home: '/', user: 'ro' }), 'root and /');
  });
});
