import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { completeIgnore, hideFromGit } from '../../../../src/certificates/folder/git-ignore.ts';
import { BACKUP } from '../../../../src/certificates/folder/backup-folder.ts';
import { rememberTrackedKeys } from '../../../../src/certificates/folder/tracked-keys.ts';
import { requireProgram } from '../../../parts.ts';
import { makeWorkspace, type WorkspaceFixture } from '../workspace-fixture.ts';

const BACKUPS = 'backup-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z*/';
const OURS = [
  '# The private keys of Chroma TLS',
  '/serverkey.pem',
  `/${BACKUPS}`,
  '/.incoming-*/',
  '/.*.tmp',
  '',
];

describe('hiding keys from git', () => {
  let fixture: WorkspaceFixture;
  let file = '';
  beforeEach(async () => {
    fixture = await makeWorkspace();
    await mkdir(fixture.folder);
    file = join(fixture.folder, '.gitignore');
  });

  it('writes a .gitignore where there is none, and leaves it alone from then on', async () => {
    await hideFromGit(fixture.folder);
    const text = await readFile(file, 'utf8');
    assert.ok(text.endsWith(`\nserverkey.pem\n${BACKUPS}\n.incoming-*/\n.*.tmp\n`));
    await hideFromGit(fixture.folder);
    assert.equal(await readFile(file, 'utf8'), text);
  });

  it('appends to a user’s own what it lacks, and changes no byte of it', async () => {
    const own = Buffer.from([0x64, 0x69, 0x73, 0x74, 0xff, 0xc3]);
    await writeFile(file, own);
    await chmod(file, 0o664);
    await fixture.generate();
    const expected = Buffer.concat([own, Buffer.from(`\n${OURS.join('\n')}`)]);
    assert.deepEqual(await readFile(file), expected);
    assert.equal((await stat(file)).mode & 0o777, 0o664);
    await fixture.generate();
    assert.deepEqual(await readFile(file), expected);
  });

  it('sees what is there, and what a user has decided', () => {
    assert.equal(completeIgnore(''), OURS.join('\n'));
    assert.equal(completeIgnore('dist\r\n'), `dist\r\n${OURS.join('\r\n')}`);
    const own = 'serverkey.pem \n/backup-*/\n!.incoming-*/\n.*.tmp';
    assert.equal(completeIgnore(own), own);
    assert.equal(
      completeIgnore('/serverkey.pem\n.incoming-*/\n/.*.tmp\n'),
      `/serverkey.pem\n.incoming-*/\n/.*.tmp\n# The private keys of Chroma TLS\n/${BACKUPS}\n`,
    );
  });

  it('takes back what it once wrote, which hid too much, and nothing of a user’s', async () => {
    await hideFromGit(fixture.folder);
    const ours = await readFile(file, 'utf8');
    assert.equal(completeIgnore(ours.replace(BACKUPS, 'backup-*/')), ours);
    const appended = ['dist', ...OURS].join('\r\n');
    assert.equal(completeIgnore(appended.replace(BACKUPS, 'backup-*/')), appended);
    const own = `backup-*/\n${ours}`;
    assert.equal(completeIgnore(own), own);
  });

  it('hides backups, and no folder that a user calls one', async function () {
    await requireProgram(this, 'git');
    const at = new Date('2026-11-24T10:20:30Z');
    for (const now of [at, at, at]) await fixture.generate({ folder: fixture.workspace, now });
    await mkdir(join(fixture.workspace, 'backup-photos'));
    await writeFile(join(fixture.workspace, 'backup-photos', 'serverkey.pem.jpg'), '');
    const git = (...args: readonly string[]): string =>
      execFileSync('git', args, { cwd: fixture.workspace, encoding: 'utf8' });
    git('init', '--quiet');
    const shown = git('ls-files', '--others', '--exclude-standard').trim().split('\n');
    assert.deepEqual(shown, [
      '.gitignore',
      'backup-photos/serverkey.pem.jpg',
      'ca.pem',
      'servercert-names.pem',
      'servercert.pem',
    ]);
    git('add', '--force', '.');
    const keys = await rememberTrackedKeys()(fixture.workspace);
    assert.deepEqual(keys, [
      'backup-2026-11-24T10-20-30Z-2/serverkey.pem',
      'backup-2026-11-24T10-20-30Z/serverkey.pem',
      'serverkey.pem',
    ]);
    assert.ok(keys.slice(0, 2).every((key) => BACKUP.test(dirname(key))));
  });

  it('writes through no link', async () => {
    const target = join(fixture.workspace, 'elsewhere');
    await writeFile(target, 'theirs');
    await symlink(target, file);
    await hideFromGit(fixture.folder);
    assert.equal(await readFile(target, 'utf8'), 'theirs');
  });
});
