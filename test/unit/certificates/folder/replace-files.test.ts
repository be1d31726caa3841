import assert from 'node:assert/strict';
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { skipBecause } from '../../../harness/skip-reasons.ts';
import { readExistingFiles } from '../../../../src/certificates/folder/files-and-links.ts';
import { replaceFiles } from '../../../../src/certificates/folder/replace-files.ts';
import { asPlainUser, makeWorkspace, type WorkspaceFixture } from '../workspace-fixture.ts';

describe('replacing a pair', () => {
  let fixture: WorkspaceFixture;

  beforeEach(async () => {
    fixture = await makeWorkspace();
  });

  /** Every file of the certificates folder with its text. */
  async function snapshot(): Promise<Record<string, string>> {
    const entries = await readdir(fixture.folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory());
    const texts = files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(fixture.folder.length + 1), await readFile(path, 'latin1')] as const;
    });
    return Object.fromEntries(await Promise.all(texts));
  }

  it('puts everything back when it fails half-way', async () => {
    const { workspace, folder, files } = fixture;
    await fixture.generate();
    await rm(files.certificate);
    const before = await snapshot();
    const existing = await readExistingFiles(workspace, folder);
    // The certificate moves last, and cannot move over a folder.
    await mkdir(files.certificate);
    const fresh = { key: 'new', certificate: 'new', ca: 'new' };
    await assert.rejects(replaceFiles(folder, existing, fresh, new Date()));
    assert.deepEqual(await snapshot(), before);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => /incoming|backup|tmp/.test(name)),
      [],
    );
  });

  it('puts a link back as one, and a key no wider than it may be', async () => {
    const { workspace, folder, files } = fixture;
    await fixture.generate();
    await rename(files.key, join(workspace, 'kept-here.pem'));
    await symlink('../kept-here.pem', files.key);
    await chmod(files.ca, 0o664);
    const fresh = { key: 'new', certificate: 'new', ca: 'new' };
    const fail = async (): Promise<void> => {
      await rm(files.certificate, { recursive: true, force: true });
      const existing = await readExistingFiles(workspace, folder);
      await mkdir(files.certificate);
      await assert.rejects(replaceFiles(folder, existing, fresh, new Date()));
    };
    await fail();
    assert.equal(await readlink(files.key), '../kept-here.pem');
    assert.match(await readFile(files.key, 'utf8'), /PRIVATE KEY/);
    assert.equal((await stat(files.ca)).mode & 0o777, 0o664);
    await rm(files.key);
    await copyFile(join(workspace, 'kept-here.pem'), files.key);
    await chmod(files.key, 0o644);
    await fail();
    assert.equal((await stat(files.key)).mode & 0o777, 0o600);
  });

  it('removes what it had placed where nothing was before', async () => {
    const { folder, files } = fixture;
    await mkdir(files.certificate, { recursive: true });
    const fresh = { key: 'new', certificate: 'new', ca: 'new' };
    await assert.rejects(replaceFiles(folder, [], fresh, new Date()));
    assert.deepEqual(await readdir(folder), ['servercert.pem']);
  });

  it('goes on by itself after a run that was killed half-way, losing nothing', async () => {
    const { folder, files } = fixture;
    await fixture.generate();
    const certificate = await readFile(files.certificate, 'utf8');
    const elsewhere = await makeWorkspace();
    await elsewhere.generate();
    const movedKey = await readFile(elsewhere.files.key, 'utf8');
    await writeFile(files.key, movedKey);
    await mkdir(join(folder, '.incoming-0123456789ab'));
    await writeFile(join(folder, '.incoming-0123456789ab', 'servercert.pem'), 'the rest');
    const { backup = '', facts } = await fixture.generate();
    assert.deepEqual(facts.problems, []);
    assert.equal(await readFile(join(backup, 'serverkey.pem'), 'utf8'), movedKey);
    assert.equal(await readFile(join(backup, 'servercert.pem'), 'utf8'), certificate);
    assert.ok(!(await readdir(folder)).includes('.incoming-0123456789ab'));
  });

  it('gives every backup of one second a folder of its own', async () => {
    const now = new Date('2026-11-24T10:20:30.400Z');
    const backups: (string | undefined)[] = [];
    for (let round = 0; round < 4; round += 1)
      backups.push((await fixture.generate({ now })).backup);
    const stamp = join(fixture.folder, 'backup-2026-11-24T10-20-30Z');
    assert.deepEqual(backups, [undefined, stamp, `${stamp}-2`, `${stamp}-3`]);
    if (process.platform !== 'win32') assert.equal((await stat(stamp)).mode & 0o777, 0o700);
  });

  it('keeps a foreign ca.pem, whatever is in it', async () => {
    const { folder, files } = fixture;
    await mkdir(folder);
    const bytes = Buffer.from([0, 255, 254, 10, 13]);
    await writeFile(files.ca, bytes);
    const { backup = '', authority } = await fixture.generate();
    assert.equal(authority, 'created');
    assert.deepEqual(await readFile(join(backup, 'ca.pem')), bytes);
  });

  it('changes nothing in a read-only folder, and says so', async function () {
    if (process.platform === 'win32') skipBecause(this, 'Windows has no file modes');
    const { workspace, folder } = fixture;
    await fixture.generate();
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    for (const path of [workspace, process.env['CHROMA_TLS_DATA_DIR']]) await chmod(path, 0o777);
    await chmod(fixture.files.key, 0o644);
    const before = await snapshot();
    await chmod(folder, 0o555);
    await asPlainUser(() =>
      assert.rejects(fixture.generate({ replaceForeign: true }), {
        code: 'certs-not-writable',
        message: /read-only/,
      }),
    );
    await chmod(folder, 0o755);
    assert.deepEqual(await snapshot(), before);
  });

  it('touches nothing when a key cannot be read, as after a generation in a container', async function () {
    if (process.platform === 'win32') skipBecause(this, 'Windows has no file modes');
    const { workspace, folder, files } = fixture;
    await fixture.generate();
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    for (const path of [workspace, folder, process.env['CHROMA_TLS_DATA_DIR']]) {
      await chmod(path, 0o777);
    }
    await chmod(files.key, 0o000);
    await asPlainUser(() =>
      assert.rejects(fixture.generate({ replaceBroken: true }), {
        code: 'certs-not-readable',
        message: /serverkey\.pem/,
      }),
    );
  });

  it('refuses a file that is a link out of the workspace, or to nowhere', async () => {
    const { folder, files } = fixture;
    const outside = await mkdtemp(join(tmpdir(), 'elsewhere-'));
    await writeFile(join(outside, 'key.pem'), 'theirs');
    await mkdir(folder);
    await symlink(join(outside, 'key.pem'), files.key);
    const refused = { code: 'outside-workspace' };
    await assert.rejects(fixture.generate({ replaceBroken: true }), refused);
    await rm(files.key);
    await symlink(join(outside, 'nothing'), files.key);
    await assert.rejects(fixture.generate({ replaceBroken: true }), refused);
    assert.deepEqual(await readdir(outside), ['key.pem']);
    assert.equal(await readFile(join(outside, 'key.pem'), 'utf8'), 'theirs');
  });
});
