import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { beforeEach, describe, it } from 'mocha';
import { inspectCertificate } from '../../../src/certificates/inspect.ts';
import { openPresentKey, protectKey } from '../../../src/certificates/protect-key.ts';
import { makeWorkspace, type WorkspaceFixture } from './workspace-fixture.ts';

describe('protecting the key', function () {
  this.timeout(60_000);
  let fixture: WorkspaceFixture;
  beforeEach(async () => {
    fixture = await makeWorkspace();
    await fixture.generate();
  });

  const protect = (present?: string, next?: string): Promise<void> =>
    protectKey({ workspace: fixture.workspace, folder: fixture.folder, present, next });
  const readKeyFile = (): Promise<string> => readFile(fixture.files.key, 'utf8');
  async function findCodes(phrase?: string): Promise<readonly string[]> {
    const state = await inspectCertificate(fixture.folder, 'localhost', new Date(), () =>
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
      'servercert.pem',
      'serverkey.pem',
    ]);
    await protect('second one', undefined);
    assert.ok(createPrivateKey(await readKeyFile()).equals(before));
    assert.equal((await stat(fixture.files.key)).mode & 0o777, 0o600);
  });

  it('changes nothing without the present pass phrase', async () => {
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
    await assert.rejects(openPresentKey({ workspace, folder, present: undefined }), {
      code: 'key-missing',
    });
    await symlink(other.files.key, fixture.files.key);
    await assert.rejects(protect(undefined, 'first phrase'), { code: 'outside-workspace' });
    assert.doesNotMatch(await readFile(other.files.key, 'utf8'), /ENCRYPTED/);
  });

  it('holds for the next certificate too', async () => {
    await protect(undefined, 'first phrase');
    await assert.rejects(fixture.generate(), { code: 'key-locked' });
    const { facts, backup = '' } = await fixture.generate({
      keyPassPhrase: () => Promise.resolve('first phrase'),
    });
    assert.deepEqual([facts.problems, facts.keyEncrypted], [[], true]);
    assert.match(await readFile(`${backup}/serverkey.pem`, 'utf8'), /ENCRYPTED/);
    assert.deepEqual(await findCodes('first phrase'), []);
    // Whoever lost it starts anew, and says so.
    const anew = await fixture.generate({ replaceBroken: true });
    assert.equal(anew.facts.keyEncrypted, false);
  });
});
