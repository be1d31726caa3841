import assert from 'node:assert/strict';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import {
  readExitRecord,
  removeExitRecord,
  writeExitRecord,
  type ExitRecord,
} from '../../../../src/chroma/supervisor/exit-record.ts';
import { identifyRun, identifySelf } from '../../../../src/system/processes/process-identity.ts';
import { skipBecause } from '../../../harness/skip-reasons.ts';

describe('how a supervised server ended', () => {
  let file = '';

  beforeEach(async () => {
    file = join(await mkdtemp(join(tmpdir(), 'chroma-tls-exit-')), 'exit.json');
  });

  async function record(startedAt = Date.now()): Promise<ExitRecord> {
    const address = { bindAddress: '127.0.0.1', port: 8000 };
    return {
      server: { id: '1@2', runtime: 'local', tls: 'embedded', ...address, startedAt },
      part: 'supervisor',
      supervisor: await identifySelf(),
    };
  }

  it('is read back as it was written, and gone once removed', async () => {
    const killed = await record();
    await writeExitRecord(file, killed);
    assert.deepEqual(await readExitRecord(file), killed);
    const ended = { ...killed, part: 'Chroma server', exitCode: 137 };
    await writeExitRecord(file, ended);
    assert.deepEqual(await readExitRecord(file), ended);
    await removeExitRecord(file);
    assert.equal(await readExitRecord(file), undefined);
  });

  for (const text of ['', '{', 'null', '{"part":"supervisor"}']) {
    it(`is as good as none where the file says ${JSON.stringify(text)}`, async () => {
      await writeFile(file, text);
      assert.equal(await readExitRecord(file), undefined);
    });
  }

  it('is no kill where the container was stopped, whose machine ran on', async function () {
    const run = await identifyRun();
    if (run === undefined) skipBecause(this, 'this system does not tell when its run began');
    const killed = await record();
    await writeExitRecord(file, killed);
    const text = await readFile(file, 'utf8');
    assert.ok(text.includes(`"run":"${run}"`));
    const before = text.replace(`"run":"${run}"`, `"run":"${run}0"`);
    await writeFile(file, before);
    assert.equal(await readExitRecord(file), undefined);
    await writeFile(file, before.replace('"part"', '"exitCode":1,"part"'));
    assert.equal((await readExitRecord(file))?.exitCode, 1);
  });

  it('is no kill where the machine was switched off', async () => {
    const before = Date.now() - uptime() * 1000 - 60_000;
    await writeExitRecord(file, await record(before));
    assert.equal(await readExitRecord(file), undefined);
    await writeExitRecord(file, { ...(await record(before)), exitCode: 1 });
    assert.equal((await readExitRecord(file))?.exitCode, 1);
  });
});
