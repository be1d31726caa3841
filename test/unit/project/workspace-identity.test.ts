import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { isMadeHere } from '../../../src/certificates/authorities/made-here.ts';
import { rewriteKey } from '../../../src/certificates/rewrite-key.ts';
import { readCandidate } from '../../../src/certificates/trust/candidate.ts';
import { workspaceDataFolder, workspaceId } from '../../../src/project/data-folder.ts';
import { noteLocation } from '../../../src/project/workspace-location.ts';
import { describeLocation } from '../../../src/project/workspace-identity.ts';
import { skipBecause } from '../../harness/skip-reasons.ts';
import {
  makeWorkspace,
  renameWorkspace,
  workspaceAt,
  type WorkspaceFixture,
} from '../certificates/workspace-fixture.ts';

describe('a workspace that was renamed', () => {
  let fixture: WorkspaceFixture;
  let original: string;
  let id: string;

  beforeEach(async function () {
    fixture = await makeWorkspace();
    original = fixture.workspace;
    if (!describeLocation(original).includes('"folder"')) {
      skipBecause(this, 'this disk does not tell when a folder was made');
    }
    await fixture.generate();
    id = workspaceId(original);
  });

  const isOurs = async (): Promise<boolean> =>
    (await readCandidate(fixture.workspace, fixture.folder)).isOurs;
  const copyTo = async (path: string): Promise<WorkspaceFixture> => {
    await cp(fixture.workspace, path, { recursive: true });
    return workspaceAt(path);
  };

  it('keeps its data, its authority and its trust, as often as it is renamed', async () => {
    for (let round = 0; round < 3; round += 1) {
      fixture = await renameWorkspace(fixture);
      assert.equal(workspaceId(fixture.workspace), id);
      assert.equal(await isOurs(), true);
      assert.equal(await isMadeHere(fixture.workspace, fixture.folder), true);
    }
    const { authority, trustLost } = await fixture.generate();
    assert.deepEqual([authority, trustLost], ['reused', undefined]);
    await rename(fixture.workspace, original);
    assert.equal(workspaceId(original), id, 'and renamed back');
    const all = join(workspaceDataFolder(original), '..');
    assert.deepEqual(await readdir(all), [id], 'nothing is left behind');
  });

  it('needs no authority of ours to be known again', async () => {
    await fixture.generate({ kind: 'self-signed', keepAuthorityKey: false });
    fixture = await renameWorkspace(fixture);
    assert.equal(workspaceId(fixture.workspace), id);
    await rm(fixture.folder, { recursive: true });
    assert.equal(workspaceId(fixture.workspace), id);
  });

  it('finds the passphrase of a key that came from elsewhere', async () => {
    const other = workspaceAt(`${original}-other`);
    await cp(fixture.folder, other.folder, { recursive: true });
    const { workspace, folder } = other;
    await rewriteKey({ workspace, folder, present: undefined, next: 'a passphrase' });
    const before = workspaceId(workspace);
    assert.equal(workspaceId((await renameWorkspace(other)).workspace), before);
  });

  it('leaves nothing to a new folder at its former path', async () => {
    fixture = await renameWorkspace(fixture);
    await noteLocation(fixture.workspace);
    // Even one that holds the same.
    const successor = await copyTo(original);
    assert.notEqual(workspaceId(original), id);
    await assert.rejects(successor.generate(), { code: 'not-made-here' });
    const made = await successor.generate({ replaceForeign: true });
    assert.equal(made.trustLost, 'key-not-kept');
    assert.equal((await fixture.generate()).authority, 'reused');
    assert.equal(workspaceId(fixture.workspace), id);

    // And the next one nothing of that one's.
    await rename(original, `${original}-again`);
    const moved = workspaceAt(`${original}-again`);
    assert.equal((await moved.generate()).authority, 'reused');
    await mkdir(original);
    const ids = [fixture.workspace, moved.workspace, original].map(workspaceId);
    assert.equal(new Set(ids).size, 3);
  });

  it('takes nothing from the folder that is at its former path now', async () => {
    fixture = await renameWorkspace(fixture);
    await mkdir(original);
    assert.equal(workspaceId(original), id, 'as one that was cloned again');
    assert.notEqual(workspaceId(fixture.workspace), id);
    assert.equal(await isMadeHere(fixture.workspace, fixture.folder), false);
    const made = await fixture.generate({ replaceForeign: true });
    assert.equal(made.trustLost, 'key-not-kept');
  });

  it('is found where only a link is left at its former path', async () => {
    fixture = await renameWorkspace(fixture);
    await symlink(fixture.workspace, original);
    assert.equal(workspaceId(fixture.workspace), id);
    assert.equal(workspaceId(original), id);
  });

  it('is not mistaken for a copy, wherever the original is now', async () => {
    const copy = await copyTo(`${original}-copy`);
    assert.notEqual(workspaceId(copy.workspace), id);
    fixture = await renameWorkspace(fixture);
    assert.notEqual(workspaceId(copy.workspace), id, 'opened before the original is');
    assert.equal(await isMadeHere(copy.workspace, copy.folder), false);
    const made = await copy.generate({ replaceForeign: true });
    assert.equal(made.trustLost, 'key-not-kept');
    assert.equal((await fixture.generate()).authority, 'reused');
    await rm(fixture.workspace, { recursive: true });
    assert.notEqual(workspaceId(copy.workspace), id, 'nor once it is gone');
  });

  it('counts as another one where its note is damaged, whatever that holds', async () => {
    const location = join(workspaceDataFolder(original), 'place');
    const text = await readFile(location, 'utf8');
    const copy = await copyTo(`${original}-copy`);
    await writeFile(join(copy.workspace, basename(location)), text);
    await writeFile(join(copy.folder, basename(location)), text);
    assert.notEqual(workspaceId(copy.workspace), id);
    for (const damaged of ['', '{', '[]', 'null', '{"path":1}']) {
      await writeFile(location, damaged);
      assert.equal(workspaceId(original), id, 'it is called by its path');
    }
    assert.notEqual(workspaceId((await renameWorkspace(fixture)).workspace), id);
  });
});
