import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { systemCode } from '../../../src/system/errors.ts';
import { skipBecause } from '../../harness/skip-reasons.ts';

const mount = promisify(execFile);

describe('a disk that is full', () => {
  let root = '';
  let disk = '';
  let workspace = '';

  beforeEach(async function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) {
      skipBecause(this, 'only root on Linux can make a small disk');
    }
    root = await mkdtemp(join(tmpdir(), 'chroma-tls-disk-'));
    [disk, workspace] = [join(root, 'disk'), join(root, 'shop')];
    await mkdir(disk);
    await mkdir(workspace);
    const made = await mount('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', disk]).catch(
      () => undefined,
    );
    if (!made) skipBecause(this, 'this system lets nobody mount a disk');
  });
  afterEach(async () => {
    await mount('umount', [disk]).catch(() => undefined);
    await rm(root, { recursive: true });
  });

  async function fill(): Promise<void> {
    const file = await open(join(disk, 'ballast'), 'w');
    try {
      for (;;) await file.write(Buffer.alloc(4096));
    } catch (error) {
      assert.equal(systemCode(error), 'ENOSPC');
    } finally {
      await file.close();
    }
  }

  function run(
    args: readonly string[],
    cwd: string,
    data: string,
  ): Promise<{ readonly code: unknown; readonly stderr: string }> {
    const env = { ...process.env, CHROMA_TLS_DATA_DIR: data };
    const cli = [resolve('dist/cli.js'), ...args, '--runtime', 'external'];
    return new Promise((done) => {
      execFile(process.execPath, cli, { cwd, env }, (error, _, stderr) => {
        done({ code: error?.code ?? 0, stderr });
      });
    });
  }

  it('is named, and nothing is left of a try: the next run is not held up', async () => {
    const data = join(disk, 'data');
    assert.equal((await run(['generate'], workspace, data)).code, 0);
    await fill();
    for (let turn = 0; turn < 2; turn += 1) {
      const refused = await run(['generate'], workspace, data);
      assert.equal(refused.code, 1);
      assert.match(
        refused.stderr,
        /can keep nothing in .*The disk is full\. Free some of its disk/,
      );
      assert.doesNotMatch(refused.stderr, /make that folder yours|another window/i);
    }
    await rm(join(disk, 'ballast'));
    assert.equal((await run(['generate'], workspace, data)).code, 0);
  });

  it('is named where a workspace is on it, by each verb that writes', async () => {
    const [shop, data] = [join(disk, 'shop'), join(root, 'data')];
    await mkdir(shop);
    await writeFile(join(shop, '.env'), 'A=1\n');
    await fill();
    for (const [args, what] of [
      [['generate'], /could not be written into .*certs\. The disk is full/],
      [['generate', '--domain', 'b.test'], /\.env could not be written\. The disk is full\. Free/],
    ] as const) {
      const refused = await run(args, shop, data);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, what);
    }
    await rm(join(disk, 'ballast'));
    assert.equal((await run(['generate'], shop, data)).code, 0);
    await fill();
    const refused = await run(['compose', '--yes'], shop, data);
    assert.match(refused.stderr, /docker-compose\.yml was refused\. The disk is full\. Free/);
    assert.deepEqual((await readdir(shop)).sort(), ['.env', 'certs']);
  });
});
