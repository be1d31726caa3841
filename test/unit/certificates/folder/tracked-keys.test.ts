import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { skipBecause } from '../../../harness/skip-reasons.ts';
import { requireProgram } from '../../../parts.ts';
import {
  addTrackedKeys,
  rememberTrackedKeys,
  untrackKeys,
  untrackLine,
} from '../../../../src/certificates/folder/tracked-keys.ts';
import { lastingProblems } from '../../../../src/chroma/status/certificate-problems.ts';
import { createServer } from '../../../../src/chroma/server/create-server.ts';
import { refuseUnverifiable } from '../../../../src/chroma/server/server-certificate.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { certificate } from '../../vscode/samples.ts';
import { makeWorkspace, type WorkspaceFixture } from '../workspace-fixture.ts';

describe('keys that git tracks', () => {
  let fixture: WorkspaceFixture;
  const { PATH } = process.env;
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: fixture.workspace, encoding: 'utf8', stdio: 'pipe' });

  beforeEach(async function () {
    await requireProgram(this, 'git');
    fixture = await makeWorkspace();
    git('init');
  });
  afterEach(() => {
    process.env['PATH'] = PATH;
  });

  it('are found once they are staged, the former ones in backups too, and no certificate', async () => {
    const find = rememberTrackedKeys();
    await fixture.generate();
    await fixture.generate();
    assert.deepEqual(await find(fixture.folder), []);
    git('add', '.');
    assert.deepEqual(await find(fixture.folder), [], 'our .gitignore keeps them out');
    git('add', '--force', '.');
    const found = await find(fixture.folder);
    assert.match(found.join(), /^backup-[^/]+\/serverkey\.pem,serverkey\.pem$/);
  });

  it('are untracked, and stay on the disk', async () => {
    const find = rememberTrackedKeys();
    await fixture.generate();
    git('add', '--force', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@a.test', 'commit', '-m', 'a');
    // Staged again since the commit, and made again since then: git would rather not.
    await fixture.generate();
    git('add', '--force', 'certs/serverkey.pem');
    await fixture.generate();
    const key = await readFile(fixture.files.key, 'utf8');
    const keys = await find(fixture.folder);
    assert.deepEqual(keys, ['serverkey.pem']);
    await untrackKeys(fixture.folder, keys);
    assert.deepEqual(await find(fixture.folder), []);
    assert.equal(await readFile(fixture.files.key, 'utf8'), key);
    assert.match(git('ls-files'), /servercert\.pem/);
    await assert.rejects(untrackKeys(fixture.folder, keys), { code: 'key-not-untracked' });
  });

  it('are asked of git only once for each index', async function () {
    if (process.platform === 'win32') skipBecause(this, 'Windows runs no script by its first line');
    const bin = await mkdtemp(join(tmpdir(), 'chroma-tls-bin-'));
    const real = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
    const calls = join(bin, 'calls');
    await writeFile(join(bin, 'git'), `#!/bin/sh\necho "$@" >> '${calls}'\nexec ${real} "$@"\n`);
    await chmod(join(bin, 'git'), 0o755);
    await fixture.generate();
    git('add', '--force', '.');
    process.env['PATH'] = [bin, PATH].join(delimiter);
    const find = rememberTrackedKeys();
    for (let round = 0; round < 3; round += 1) {
      assert.deepEqual(await find(fixture.folder), ['serverkey.pem']);
    }
    assert.equal((await readFile(calls, 'utf8')).split('\n').length, 2);

    await rm(join(fixture.workspace, '.git'), { recursive: true });
    await rm(calls);
    assert.deepEqual(await find(fixture.folder), []);
    assert.equal(existsSync(calls), false, 'without a repository nothing runs');
  });

  it('are a problem of the certificate that names the cure, and no reason not to start', async () => {
    await fixture.generate();
    git('add', '--force', '.');
    const server = createServer({
      workspace: fixture.workspace,
      distFolder: fixture.workspace,
      readSettings: () => DEFAULT_SETTINGS,
      log: () => undefined,
      keyPassphrase: () => Promise.resolve(undefined),
    });
    await server.refreshProject();
    const [problem, ...others] = lastingProblems(server.snapshot.certificate);
    assert.deepEqual(others, []);
    assert.equal(problem?.code, 'key-tracked');
    assert.equal(problem.what, 'Git tracks the private key (serverkey.pem).');
    assert.match(
      problem.inTerminal ?? '',
      /"git rm --cached -- certs\/serverkey\.pem", and make a new/,
    );
    refuseUnverifiable(server.snapshot.certificate, Date.now());

    git('rm', '--cached', 'certs/serverkey.pem');
    await server.refreshProject();
    assert.deepEqual(lastingProblems(server.snapshot.certificate), []);
    server.dispose();
  });

  it('are told of half a pair too, and of no certificate not at all', () => {
    const location = { workspace: '/w', folder: '/w/certs' };
    const add = (before: Parameters<typeof addTrackedKeys>[0]): readonly string[] =>
      lastingProblems(addTrackedKeys(before, ['serverkey.pem'], location)).map(({ code }) => code);
    const problems = [{ code: 'half-pair', what: '' }] as const;
    assert.deepEqual(add({ kind: 'broken', problems }), ['half-pair', 'key-tracked']);
    assert.deepEqual(add(certificate(...problems)), ['half-pair', 'key-tracked']);
    assert.deepEqual(add({ kind: 'none' }), []);
  });

  it('have a line for a terminal, whatever the folder is called', () => {
    const line = (folder: string, ...keys: readonly string[]): string =>
      untrackLine(keys, { workspace: '/w', folder });
    assert.equal(line('/w', 'serverkey.pem'), 'git rm --cached -- serverkey.pem');
    assert.equal(
      line('/w/my certs', 'serverkey.pem', 'backup-1/serverkey.pem'),
      'git rm --cached -- "my certs/serverkey.pem" "my certs/backup-1/serverkey.pem"',
    );
  });
});
