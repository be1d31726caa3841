import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { checkIgnoreCommand, isOfferedToGit } from '../../../src/project/git.ts';
import { requireProgram } from '../../parts.ts';

describe('what git would take', () => {
  it('is asked of git, without a program that a repository names', () => {
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
