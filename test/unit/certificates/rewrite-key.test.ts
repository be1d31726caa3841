import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import {
  copyFile,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { inspectCertificate } from '../../../src/certificates/inspect/inspect.ts';
import { rewriteKey } from '../../../src/certificates/rewrite-key.ts';
import { openServerKey } from '../../../src/certificates/folder/server-key.ts';
import { makeWorkspace, type WorkspaceFixture } from './workspace-fixture.ts';

describe('protecting the key', () => {
  let fixture: WorkspaceFixture;
  beforeEach(async () => {
    fixture = await makeWorkspace();
    await fixture.generate();
  });

  const protect = (present?: string, next?: string): Promise<void> =>
    rewriteKey({ workspace: fixture.workspace, folder: fixture.folder, present, next });
  const readKeyFile = (): Promise<string> => readFile(fixture.files.key, 'utf8');
  async function findCodes(phrase?: string): Promise<readonly string[]> {
    const state = await inspectCertificate(fixture.folder, 'localhost', () =>
      Promise.resolve(phrase),
    );
    return state.kind === 'present' ? state.facts.problems.map(({ code }) => code) : [state.kind];
  }

  it('encrypts, changes and opens the same key, and leaves no open copy of it', async () => {
    const before = createPrivateKey(await readKeyFile());
    await protect(undefined, 'first phrase');
    assert.match(await readKeyFile(), /BEGIN ENCRYPTED PRIVATE KEY/);
    assert.equal((await stat(fixture.files.key)).mode & 0o777, 0o600);
    assert.deepEqual(await findCodes('first phrase'), []);
    assert.deepEqual(await findCodes('second one'), ['key-locked']);
    assert.deepEqual(await findCodes(), ['key-locked']);
    await protect('first phrase', 'second one');
    assert.deepEqual(await findCodes('first phrase'), ['key-locked']);
    assert.deepEqual(await findCodes('second one'), []);
    assert.deepEqual((await readdir(fixture.folder)).toSorted(), [
      '.gitignore',
      'ca.pem',
      'servercert-names.pem',
      'servercert.pem',
      'serverkey.pem',
    ]);
    await protect('second one', undefined);
    assert.ok(createPrivateKey(await readKeyFile()).equals(before));
    assert.equal((await stat(fixture.files.key)).mode & 0o777, 0o600);
  });

  it('changes nothing without the present passphrase', async () => {
    await protect(undefined, 'first phrase');
    const before = await readKeyFile();
    await assert.rejects(protect(undefined, 'second one'), { code: 'key-locked' });
    await assert.rejects(protect('wrong phrase', undefined), { code: 'key-locked' });
    assert.equal(await readKeyFile(), before);
  });

  it('follows no link out of the workspace, and says when there is no key', async () => {
    const other = await makeWorkspace();
    await other.generate();
    await rm(fixture.files.key);
    const { workspace, folder } = fixture;
    await assert.rejects(openServerKey({ workspace, folder, present: undefined }), {
      code: 'key-missing',
    });
    await symlink(other.files.key, fixture.files.key);
    await assert.rejects(protect(undefined, 'first phrase'), { code: 'outside-workspace' });
    assert.doesNotMatch(await readFile(other.files.key, 'utf8'), /ENCRYPTED/);
  });

  it('closes the key where a link leads, and leaves the link', async () => {
    const { workspace, files } = fixture;
    const target = join(workspace, 'kept-here.pem');
    await rename(files.key, target);
    await symlink('../kept-here.pem', files.key);
    await protect(undefined, 'first phrase');
    assert.equal(await readlink(files.key), '../kept-here.pem');
    assert.match(await readFile(target, 'utf8'), /BEGIN ENCRYPTED PRIVATE KEY/);
    assert.equal((await stat(target)).mode & 0o777, 0o600);
    assert.deepEqual(await findCodes('first phrase'), []);
  });

  it('closes the copies of the same key in backups, and no other key', async () => {
    const { folder, files } = fixture;
    const [same, other, linked] = ['-2', '-3', '-4'].map((end) =>
      join(folder, `backup-2026-11-24T10-20-30Z${end}`, 'serverkey.pem'),
    ) as [string, string, string];
    const outside = join(fixture.workspace, 'elsewhere.pem');
    for (const copy of [same, other, linked]) await mkdir(dirname(copy));
    for (const copy of [same, outside]) await copyFile(files.key, copy);
    const { privateKey } = generateKeyPairSync('ed25519');
    const otherPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await writeFile(other, otherPem);
    await symlink(outside, linked);
    await protect(undefined, 'first phrase');
    assert.match(await readFile(same, 'utf8'), /BEGIN ENCRYPTED PRIVATE KEY/);
    assert.equal((await stat(same)).mode & 0o777, 0o600);
    assert.equal(await readFile(other, 'utf8'), otherPem);
    assert.doesNotMatch(await readFile(outside, 'utf8'), /ENCRYPTED/);
  });

  it('holds for the next certificate too', async () => {
    await protect(undefined, 'first phrase');
    await assert.rejects(fixture.generate(), { code: 'key-locked' });
    const {
      facts,
      passphraseLost,
      backup = '',
    } = await fixture.generate({
      keyPassphrase: () => Promise.resolve('first phrase'),
    });
    assert.deepEqual([facts.problems, facts.keyEncrypted], [[], true]);
    assert.match(await readFile(`${backup}/serverkey.pem`, 'utf8'), /ENCRYPTED/);
    assert.deepEqual(await findCodes('first phrase'), []);
    assert.equal(passphraseLost, false);
  });

  it('holds against a slip of the pen, and is not dropped because what is broken may be replaced', async () => {
    await protect(undefined, 'first phrase');
    const before = await readKeyFile();
    for (const phrase of ['wrong phrase', undefined]) {
      const keyPassphrase = (): Promise<string | undefined> => Promise.resolve(phrase);
      for (const replaceBroken of [false, true]) {
        await assert.rejects(fixture.generate({ keyPassphrase, replaceBroken }), {
          code: 'key-locked',
          message: /The new key gets the same one. If it is lost, move the file away/,
        });
      }
    }
    assert.equal(await readKeyFile(), before);
    // A user who lost it starts again, and says so.
    const { passphraseLost, facts } = await fixture.generate({ withoutPassphrase: true });
    assert.deepEqual([passphraseLost, facts.keyEncrypted], [true, false]);
  });
});
