import assert from 'node:assert/strict';
import { mkdtemp, realpath, symlink } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { skipBecause } from '../../harness/skip-reasons.ts';
import { dataFolder, workspaceDataFolder, workspaceId } from '../../../src/project/data-folder.ts';

describe('data folder', () => {
  const names = ['CHROMA_TLS_DATA_DIR', 'XDG_DATA_HOME', 'SNAP_USER_DATA'];
  let before: readonly (readonly [name: string, value: string | undefined])[];

  beforeEach(() => {
    before = names.map((name) => [name, process.env[name]]);
  });

  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  });

  it("is the user's own unless a variable says otherwise, and absolute", () => {
    for (const chosen of [undefined, '']) {
      if (chosen === undefined) delete process.env['CHROMA_TLS_DATA_DIR'];
      else process.env['CHROMA_TLS_DATA_DIR'] = chosen;
      assert.match(dataFolder(), /chroma-tls(\/|\\Data|$)/);
      assert.ok(isAbsolute(dataFolder()));
    }
    process.env['CHROMA_TLS_DATA_DIR'] = 'relative';
    assert.equal(dataFolder(), join(process.cwd(), 'relative'));
  });

  it('is the same for a terminal and for VS Code as a snap', function () {
    if (process.platform !== 'linux') skipBecause(this, 'snaps are for Linux');
    delete process.env['CHROMA_TLS_DATA_DIR'];
    const own = join(homedir(), '.local/share/chroma-tls');
    for (const [data, snap, folder] of [
      [join(homedir(), 'snap/code/172/.local/share'), undefined, own],
      ['/elsewhere/code/172/.local/share', '/elsewhere/code/172', own],
      ['/elsewhere/code/1729', '/elsewhere/code/172', '/elsewhere/code/1729/chroma-tls'],
      ['/data', undefined, '/data/chroma-tls'],
    ] as const) {
      process.env['XDG_DATA_HOME'] = data;
      if (snap === undefined) delete process.env['SNAP_USER_DATA'];
      else process.env['SNAP_USER_DATA'] = snap;
      assert.equal(dataFolder(), folder);
    }
  });

  it('knows a workspace by its real path, whatever link leads there', async () => {
    const workspace = await realpath(await mkdtemp(join(tmpdir(), 'chroma-tls-é ')));
    const link = join(await mkdtemp(join(tmpdir(), 'link-')), 'to');
    await symlink(workspace, link);
    const id = workspaceId(workspace);
    assert.match(id, /^[\da-f]{16}$/);
    for (const way of [link, `${workspace}/`, relative(process.cwd(), workspace)]) {
      assert.equal(workspaceId(way), id);
    }
    assert.notEqual(workspaceId(join(workspace, 'not-there')), id);
    assert.equal(workspaceDataFolder(link), workspaceDataFolder(workspace));
  });
});
