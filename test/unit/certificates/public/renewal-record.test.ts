import assert from 'node:assert/strict';
import { stat, writeFile } from 'node:fs/promises';
import { beforeEach, describe, it } from 'mocha';
import {
  addFailure,
  noteAwsBehind,
  readRenewal,
  renewalRecordFile,
  writeRenewal,
  type RenewalRecord,
} from '../../../../src/certificates/public/renewal-record.ts';
import { makeWorkspace } from '../workspace-fixture.ts';

const CURRENT = 'AA:BB';
const RECORD: RenewalRecord = {
  ...addFailure({}, 1000, {
    code: 'rateLimited',
    what: 'Too many orders.',
    next: 'Wait.',
    action: 'openSettings',
    retryAt: 5000,
    details: 'for the log only',
  }),
  information: { checkAt: 2000, window: { start: 1, end: 3, chosen: 2 } },
};

describe('the record of a renewal', () => {
  let workspace: string;
  beforeEach(async () => {
    ({ workspace } = await makeWorkspace());
  });

  it('is read as it was written, for its owner alone', async () => {
    await writeRenewal(workspace, CURRENT, RECORD);
    assert.deepEqual(await readRenewal(workspace, CURRENT), RECORD);
    assert.equal((await stat(renewalRecordFile(workspace))).mode & 0o777, 0o600);
    assert.ok(!JSON.stringify(RECORD).includes('for the log'), 'details are not kept');
  });

  it('says nothing of another certificate', async () => {
    await writeRenewal(workspace, CURRENT, RECORD);
    assert.deepEqual(await readRenewal(workspace, 'CC:DD'), {});
  });

  it('keeps why AWS did not take the certificate, beside the rest, until AWS has it', async () => {
    await writeRenewal(workspace, CURRENT, RECORD);
    const problem = { code: 'aws-unreachable', what: 'AWS cannot be reached.' };
    assert.ok(await noteAwsBehind(workspace, CURRENT, problem));
    assert.deepEqual(await readRenewal(workspace, CURRENT), { ...RECORD, awsBehind: problem });
    assert.ok(!(await noteAwsBehind(workspace, CURRENT, problem)), 'nothing is new');
    assert.ok(await noteAwsBehind(workspace, CURRENT, undefined));
    assert.deepEqual(await readRenewal(workspace, CURRENT), RECORD);
  });

  it('counts as none where it is not there or damaged', async () => {
    assert.deepEqual(await readRenewal(workspace, CURRENT), {});
    await writeRenewal(workspace, CURRENT, RECORD);
    await writeFile(renewalRecordFile(workspace), '{"fingerprint256":"AA:BB","last":{"ok":false}}');
    assert.deepEqual(await readRenewal(workspace, CURRENT), {});
  });
});
