import assert from 'node:assert/strict';
import { mkdtemp, realpath, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { dataFolder, workspaceDataFolder, workspaceId } from '../../../src/project/data-folder.ts';

describe('data folder', () => {
  let before: string | undefined;

  beforeEach(() => {
    before = process.env['CHROMA_TLS_DATA_DIR'];
  });

  afterEach(() => {
    if (before === undefined) delete process.env['CHROMA_TLS_DATA_DIR'];
    else process.env['CHROMA_TLS_DATA_DIR'] = before;
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

  it('knows a workspace by its real path, however it was reached', async () => {
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
