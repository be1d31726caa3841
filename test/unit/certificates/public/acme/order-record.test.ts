import assert from 'node:assert/strict';
import { mkdtemp, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import {
  forgetOrder,
  holdOrder,
  readOrder,
  writeOrder,
  type OrderRecord,
} from '../../../../../src/certificates/public/acme/order-record.ts';
import { workspaceDataFolder } from '../../../../../src/project/data-folder.ts';

const ORDER: OrderRecord = {
  directory: 'https://acme.test/dir',
  account: 'https://acme.test/account/1',
  names: ['a.test', 'b.test'],
  profile: 'shortlived',
  keyType: 'ecdsa-p256',
  key: 'a key',
  url: 'https://acme.test/order/1',
  isFinalised: false,
};

describe('the record of an order', () => {
  let workspace: string;
  let before: string | undefined;

  beforeEach(async () => {
    before = process.env['CHROMA_TLS_DATA_DIR'];
    workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-order-'));
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
  });
  afterEach(() => {
    if (before === undefined) Reflect.deleteProperty(process.env, 'CHROMA_TLS_DATA_DIR');
    else process.env['CHROMA_TLS_DATA_DIR'] = before;
  });

  it('is found for the same names in any order, and for nothing else', async () => {
    await writeOrder(workspace, ORDER);
    assert.deepEqual(await readOrder(workspace, { ...ORDER, names: ['b.test', 'a.test'] }), ORDER);
    const { profile: _, ...withoutProfile } = ORDER;
    for (const other of [
      { ...ORDER, directory: 'https://acme.test/other' },
      { ...ORDER, account: 'https://acme.test/account/2' },
      { ...ORDER, names: ['a.test'] },
      { ...ORDER, names: ['a.test', 'b.test', 'c.test'] },
      { ...ORDER, profile: 'classic' },
      withoutProfile,
    ]) {
      assert.equal(await readOrder(workspace, other), undefined);
    }
  });

  it('is only for its owner, as it holds the key', async () => {
    await writeOrder(workspace, ORDER);
    const folder = workspaceDataFolder(workspace);
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    assert.equal((await stat(join(folder, 'acme-order.json'))).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(workspace), []);
  });

  it('is none where it cannot be read', async () => {
    await writeOrder(workspace, ORDER);
    const file = join(workspaceDataFolder(workspace), 'acme-order.json');
    for (const text of ['', '{', JSON.stringify({ ...ORDER, key: 1 })]) {
      await writeFile(file, text);
      assert.equal(await readOrder(workspace, ORDER), undefined, text);
    }
  });

  it('is forgotten, also where there is none', async () => {
    await writeOrder(workspace, ORDER);
    await forgetOrder(workspace);
    await forgetOrder(workspace);
    assert.equal(await readOrder(workspace, ORDER), undefined);
  });

  it('is worked on by one at a time, and the next one is not left to wait', async () => {
    const result = await holdOrder(workspace, async () => {
      await assert.rejects(
        holdOrder(workspace, () => Promise.resolve()),
        { code: 'request-busy' },
      );
      return 'done';
    });
    assert.equal(result, 'done');
    assert.equal(await holdOrder(workspace, () => Promise.resolve('again')), 'again');
  });
});
