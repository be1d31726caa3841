import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { chooseHolder, readLsof, readSs } from '../../../../src/system/network/port-holder.ts';

describe('who holds a port', () => {
  const ss = [
    'LISTEN 0      511        127.0.0.1:8000      0.0.0.0:*    users:(("node",pid=12,fd=21))',
    'LISTEN 0      5              [::1]:8000         [::]:*    users:(("python3",pid=34,fd=3))',
    'LISTEN 0      5            0.0.0.0:8000      0.0.0.0:*',
    '',
  ].join('\n');
  const lsof = ['p12', 'cnode', 'f21', 'n127.0.0.1:8000', 'p34', 'cpython3', 'f3', 'n*:8000', ''];

  it('is read from what ss and lsof list, per address', () => {
    const listed = readSs(ss);
    assert.equal(chooseHolder(listed, undefined)?.pid, '12');
    assert.deepEqual(chooseHolder(listed, '::1'), {
      address: '::1',
      program: 'python3',
      pid: '34',
    });
    assert.equal(chooseHolder(listed, '127.0.0.2'), undefined, 'nobody else is named');
    const known = readLsof(lsof.join('\n'));
    assert.equal(chooseHolder(known, '127.0.0.1')?.program, 'node');
    assert.equal(chooseHolder(known, '::1')?.program, 'python3');
  });
});
