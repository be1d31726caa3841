import assert from 'node:assert/strict';
import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { isMadeHere } from '../../../src/certificates/made-here.ts';
import { readCandidate } from '../../../src/certificates/trust/candidate.ts';
import { workspaceDataFolder } from '../../../src/project/data-folder.ts';
import {
  makeWorkspace,
  renameWorkspace,
  workspaceAt,
  type WorkspaceFixture,
} from './workspace-fixture.ts';

describe('a workspace that was renamed', () => {
  let fixture: WorkspaceFixture;
  let former: string;

  beforeEach(async () => {
    fixture = await makeWorkspace();
    await fixture.generate();
    former = workspaceDataFolder(fixture.workspace);
  });

  const isOurs = async (): Promise<boolean> =>
    (await readCandidate(fixture.workspace, fixture.folder)).isOurs;

  it('goes on with its authority, and leaves no key behind', async () => {
    fixture = await renameWorkspace(fixture);
    assert.equal(await isMadeHere(fixture.workspace, fixture.folder), true);
    const { authority, trustLost } = await fixture.generate();
    assert.deepEqual([authority, trustLost], ['reused', undefined]);
    assert.deepEqual(await readdir(join(former, 'authority')), []);
    assert.equal(await isOurs(), true);
  });

  it('has made its authority before it makes another certificate', async () => {
    fixture = await renameWorkspace(fixture);
    assert.equal(await isOurs(), true);
    fixture = await renameWorkspace(fixture);
    assert.equal(await isOurs(), true, 'as often as it is renamed');
    assert.equal((await fixture.generate()).authority, 'reused');
  });

  it('and whose former place is another folder now takes nothing from it', async () => {
    const { workspace } = fixture;
    fixture = await renameWorkspace(fixture);
    await mkdir(workspace);
    assert.equal(await isMadeHere(fixture.workspace, fixture.folder), false);
    assert.equal((await fixture.generate()).trustLost, 'key-not-kept');
  });

  it('is not one that was copied', async () => {
    const copy = workspaceAt(`${fixture.workspace}-copy`);
    await cp(fixture.workspace, copy.workspace, { recursive: true });
    assert.equal((await copy.generate()).trustLost, 'key-not-kept');
    assert.equal((await fixture.generate()).authority, 'reused');
  });
});
