import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { watchPath } from '../../../../src/system/files/folder-watch.ts';

describe('watching a folder', () => {
  it('tells what changed, until it is disposed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-'));
    const names: (string | null)[] = [];
    const first = new Promise<void>((resolve) => {
      const watched = watchPath(folder, (name) => {
        names.push(name);
        watched.dispose();
        resolve();
      });
    });
    await writeFile(join(folder, 'a'), '');
    await first;
    assert.deepEqual(names, ['a']);
  });

  it('is quiet where nothing can be watched', () => {
    const missing = join(tmpdir(), 'chroma-tls-that-is-not-there');
    watchPath(missing, () => assert.fail('nothing is there')).dispose();
  });
});
