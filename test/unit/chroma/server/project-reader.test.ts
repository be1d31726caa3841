import assert from 'node:assert/strict';
import { copyFile, rm } from 'node:fs/promises';
import { describe, it } from 'mocha';
import { holdLock } from '../../../../src/certificates/folder/certificate-lock.ts';
import { inspectCertificate } from '../../../../src/certificates/inspect/inspect.ts';
import { ProjectReader } from '../../../../src/chroma/server/project-reader.ts';
import { certificateFiles } from '../../../../src/project/certificate-files.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { makeWorkspace } from '../../certificates/workspace-fixture.ts';

describe('a reading of a folder whose certificate is being replaced', () => {
  it('waits for the whole of it, so that it is taken for replaced once', async () => {
    const other = await makeWorkspace();
    const { workspace, folder, ...fixture } = await makeWorkspace();
    await Promise.all([fixture.generate(), other.generate()]);
    const keyPassphrase = (): Promise<undefined> => Promise.resolve(undefined);
    const readSettings = () => DEFAULT_SETTINGS;
    const reader = new ProjectReader({ workspace, readSettings, keyPassphrase });
    assert.equal((await reader.read()).isReplaced, false);

    const mine = certificateFiles(folder);
    const theirs = certificateFiles(other.folder);
    let isRead = false;
    const { reading } = await holdLock(workspace, async () => {
      await rm(mine.names);
      for (const name of ['ca', 'key', 'certificate'] as const) {
        await copyFile(theirs[name], mine[name]);
      }
      const reading = reader.read().finally(() => (isRead = true));
      // Much longer than it takes to read it.
      for (let times = 0; times < 20; times += 1) {
        await inspectCertificate(folder, 'localhost', keyPassphrase);
      }
      assert.equal(isRead, false);
      await copyFile(theirs.names, mine.names);
      return { reading };
    });
    assert.equal((await reading).isReplaced, true);
    assert.equal((await reader.read()).isReplaced, false);
  });
});
