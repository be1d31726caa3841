import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { SmallDisk } from '../../harness/small-disk.ts';

describe('a disk that is full', () => {
  let root = '';
  let disk: SmallDisk;
  let workspace = '';

  beforeEach(async function () {
    root = await mkdtemp(join(tmpdir(), 'chroma-tls-disk-'));
    workspace = join(root, 'shop');
    await mkdir(workspace);
    await mkdir(join(root, 'disk'));
    disk = await SmallDisk.mount(this, join(root, 'disk'));
  });
  afterEach(async () => {
    await disk.unmount();
    await rm(root, { recursive: true });
  });

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
    const data = join(disk.folder, 'data');
    assert.equal((await run(['generate'], workspace, data)).code, 0);
    await disk.fill();
    for (let turn = 0; turn < 2; turn += 1) {
      const refused = await run(['generate'], workspace, data);
      assert.equal(refused.code, 1);
      assert.match(
        refused.stderr,
        /can keep nothing in .*The disk is full\. Free some of its disk/,
      );
      assert.doesNotMatch(refused.stderr, /make that folder yours|another window/i);
    }
    await disk.free();
    assert.equal((await run(['generate'], workspace, data)).code, 0);
  });

  it('is named where a workspace is on it, by each verb that writes', async () => {
    const [shop, data] = [join(disk.folder, 'shop'), join(root, 'data')];
    await mkdir(shop);
    await writeFile(join(shop, '.env'), 'A=1\n');
    await disk.fill();
    for (const [args, what] of [
      [['generate'], /could not be written into .*certs\. The disk is full/],
      [['generate', '--domain', 'b.test'], /\.env could not be written\. The disk is full\. Free/],
    ] as const) {
      const refused = await run(args, shop, data);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, what);
    }
    await disk.free();
    assert.equal((await run(['generate'], shop, data)).code, 0);
    await disk.fill();
    const refused = await run(['compose', '--yes'], shop, data);
    assert.match(refused.stderr, /docker-compose\.yml was refused\. The disk is full\. Free/);
    assert.deepEqual((await readdir(shop)).sort(), ['.env', 'certs']);
  });
});
