import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { hideFromGit, missingLines } from '../../../src/certificates/git-ignore.ts';
import { makeWorkspace, type WorkspaceFixture } from './workspace-fixture.ts';

const OURS = [
  '# The private keys of Chroma TLS',
  '/serverkey.pem',
  '/backup-*/',
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
    assert.match(text, /^serverkey\.pem\nbackup-\*\/\n\.incoming-\*\/\n\.\*\.tmp$/m);
    await hideFromGit(fixture.folder);
    assert.equal(await readFile(file, 'utf8'), text);
  });

  it('appends to a person’s own what it lacks, and changes no byte of it', async () => {
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

  it('sees what is there, and what a person has decided', () => {
    assert.equal(missingLines(''), OURS.join('\n'));
    assert.equal(missingLines('dist\r\n'), OURS.join('\r\n'));
    assert.equal(missingLines('serverkey.pem \n/backup-*/\n!.incoming-*/\n.*.tmp'), '');
    assert.equal(
      missingLines('/serverkey.pem\n.incoming-*/\n/.*.tmp\n'),
      '# The private keys of Chroma TLS\n/backup-*/\n',
    );
  });

  it('writes through no link', async () => {
    const target = join(fixture.workspace, 'elsewhere');
    await writeFile(target, 'theirs');
    await symlink(target, file);
    await hideFromGit(fixture.folder);
    assert.equal(await readFile(target, 'utf8'), 'theirs');
  });
});
