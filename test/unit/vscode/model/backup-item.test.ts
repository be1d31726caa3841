import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { describeBackup } from '../../../../src/vscode/model/backup-item.ts';
import { SERVED, NOW } from '../samples.ts';

const location = {
  name: 'backup-2026-11-24T10-20-30Z',
  folder: '/w/certs/backup-2026-11-24T10-20-30Z',
  date: new Date('2026-11-24T10:20:30Z'),
};

describe('a backup in a list', () => {
  it('says when it was made, for which names, by whom, and how long it is valid', () => {
    const facts = { ...SERVED, issuerName: 'An Authority', names: ['a.test', '10.0.0.1'] };
    const end = { ...facts, notAfter: new Date(NOW + 9.5 * 86_400_000), keyEncrypted: true };
    const item = describeBackup({ ...location, state: { kind: 'present', facts: end } }, NOW);
    assert.deepEqual(item, {
      name: location.name,
      icon: 'history',
      label: location.date.toLocaleString(),
      description: 'a.test, 10.0.0.1',
      detail: 'Signed by An Authority. Expires in 10 days. Its key has a passphrase',
    });
  });

  it('says why one cannot be restored', () => {
    const problems = [{ code: 'half-pair', what: 'serverkey.pem is missing.' }] as const;
    const item = describeBackup({ ...location, state: { kind: 'broken', problems } }, NOW);
    assert.deepEqual(
      [item.icon, item.detail],
      ['warning', 'It cannot be restored. serverkey.pem is missing.'],
    );
  });
});
