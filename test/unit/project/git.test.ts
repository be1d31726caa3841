import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import {
  checkIgnoreCommand,
  findGitIndex,
  isOfferedToGit,
  listTracked,
  listTrackedCommand,
  untrackCommand,
} from '../../../src/project/git.ts';
import { requireProgram } from '../../parts.ts';

describe('what git would take', () => {
  it('is asked without running a program that the repository names', () => {
    const { program, args } = checkIgnoreCommand('/w/-x/--all');
    assert.equal(program, 'git');
    assert.deepEqual(args.slice(0, 2), ['-C', '/w/-x']);
    assert.ok(args.includes('core.fsmonitor=false'));
    assert.deepEqual(args.slice(-2), ['--', './--all']);
  });

  it('is what lies in a work tree and is not ignored', async function () {
    await requireProgram(this, 'git');
    const root = await mkdtemp(join(tmpdir(), 'chroma-tls-git-'));
    const tree = join(root, `it's a tree`);
    await mkdir(join(tree, 'keys'), { recursive: true });
    const git = (...args: readonly string[]): void => {
      execFileSync('git', args, { cwd: tree, stdio: 'ignore' });
    };
    git('init');
    await writeFile(join(tree, '.gitignore'), 'keys/\n*.pem\n');
    const cases = [
      ['a.p12', true],
      ['a.pem', false],
      ['keys/a.p12', false],
      ['..a.p12', true],
      [':(top)a.p12', true],
    ] as const;
    await writeFile(join(tree, 'tracked.pem'), '');
    git('add', '-f', 'tracked.pem');
    // A hook that leaves a trace, where the file system monitor would be called.
    const trace = join(root, 'trace');
    git('config', 'core.fsmonitor', `touch '${trace}' #`);
    for (const [name, expected] of cases) {
      assert.equal(await isOfferedToGit(join(tree, name)), expected, name);
    }
    assert.equal(await isOfferedToGit(join(tree, 'tracked.pem')), true);
    assert.equal(await isOfferedToGit(join(root, 'a.p12')), false);
    assert.equal(existsSync(trace), false);
  });
});

describe('what git tracks', () => {
  it('is asked and changed without running a program that the repository names', () => {
    for (const command of [
      listTrackedCommand('/w/certs', ['a.pem']),
      untrackCommand('/w/certs', ['a.pem']),
    ]) {
      assert.equal(command.program, 'git');
      assert.deepEqual(command.args.slice(0, 3), ['-C', '/w/certs', '--no-pager']);
      assert.ok(command.args.includes('core.fsmonitor=false'));
      assert.ok(command.args.includes('core.hooksPath=/dev/null'));
      assert.deepEqual(command.args.slice(-2), ['--', 'a.pem']);
      assert.equal(command.env?.['GIT_ALLOW_PROTOCOL'], 'none');
    }
  });

  it('is read from a hostile repository, which cannot run anything', async function () {
    await requireProgram(this, 'git');
    const { root, tree, git } = await makeRepository();
    const trace = join(root, 'trace');
    await mkdir(join(tree, 'certs'));
    await mkdir(join(tree, 'other'));
    await writeFile(join(tree, 'certs', 'serverkey.pem'), 'key');
    await writeFile(join(tree, 'other', 'a'), '');
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@a.test', 'commit', '-m', 'a');
    // An index that holds `certs` as a tree, which git has to fetch before it can look into it.
    git('sparse-checkout', 'init', '--cone', '--sparse-index');
    git('sparse-checkout', 'set', 'other');
    await rename(join(tree, '.git', 'objects'), join(root, 'objects'));
    await mkdir(join(tree, '.git', 'objects'));
    git('config', 'extensions.partialClone', 'origin');
    git('config', 'core.repositoryFormatVersion', '1');
    git('config', 'remote.origin.url', 'ssh://chroma.test/a');
    git('config', 'remote.origin.promisor', 'true');
    git('config', 'core.sshCommand', `touch '${trace}'; false`);
    git('config', 'core.fsmonitor', `touch '${trace}' #`);
    git('config', 'core.pager', `touch '${trace}' #`);
    const look = (): Promise<unknown> => listTracked(tree, ['certs/serverkey.pem', 'other/*']);

    await look();
    assert.equal(existsSync(trace), false);
    git('config', 'core.fsmonitor', 'false');
    await look();
    assert.equal(existsSync(trace), false);
    // It is no hollow repository: git left to itself does run what it names.
    spawnSync('git', ['ls-files', '--', 'certs/serverkey.pem'], { cwd: tree });
    assert.equal(existsSync(trace), true);
    await rm(trace);
    await isOfferedToGit(join(tree, 'certs', 'serverkey.pem'));
    assert.equal(existsSync(trace), false);
  });

  it('is found out without git where there is no repository', async function () {
    await requireProgram(this, 'git');
    const { root, tree, git } = await makeRepository();
    const index = join(await realpath(tree), '.git', 'index');
    await mkdir(join(tree, 'a', 'b'), { recursive: true });
    assert.equal(await findGitIndex(join(tree, 'a', 'b')), index);
    assert.equal(await findGitIndex(join(tree, 'a', 'not-there')), index);
    await symlink(join(tree, 'a'), join(root, 'link'), 'junction');
    assert.equal(await findGitIndex(join(root, 'link')), index);
    assert.equal(await findGitIndex(root), undefined);

    await writeFile(join(tree, 'a', 'c'), '');
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@a.test', 'commit', '-m', 'a');
    git('worktree', 'add', join(root, 'other'));
    const other = await findGitIndex(join(root, 'other', 'a'));
    assert.equal(other, join(await realpath(tree), '.git', 'worktrees', 'other', 'index'));
    assert.ok(existsSync(other));
  });
});

async function makeRepository(): Promise<{
  readonly root: string;
  readonly tree: string;
  readonly git: (...args: readonly string[]) => void;
}> {
  const root = await mkdtemp(join(tmpdir(), 'chroma-tls-git-'));
  const tree = join(root, 'tree');
  await mkdir(tree);
  const git = (...args: readonly string[]): void => {
    execFileSync('git', args, { cwd: tree, stdio: 'ignore' });
  };
  git('init');
  return { root, tree, git };
}
