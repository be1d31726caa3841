import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { FilesWatch } from '../../../../src/system/files/files-watch.ts';

describe('watching files', () => {
  let root: string;
  let file: string;
  let watched: FilesWatch;
  const changes = new EventTarget();

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'chroma-tls-'));
    file = join(root, 'a', 'b', 'file');
    watched = new FilesWatch(root, [file, join(root, '.env')], () => {
      changes.dispatchEvent(new Event('changed'));
    });
  });
  afterEach(() => {
    watched.dispose();
  });

  const content = (path = file): Promise<string | undefined> =>
    readFile(path, 'utf8').catch(() => undefined);

  /** Waits until the watch has spoken with this content there; never at all is the time limit's. */
  async function untilTold(expected: string | undefined, path = file): Promise<void> {
    do await once(changes, 'changed');
    while ((await content(path)) !== expected);
  }

  it('tells of one whose folders come, go and come again', async () => {
    for (const text of ['one', 'two']) {
      const made = untilTold(text);
      await mkdir(join(root, 'a', 'b'), { recursive: true });
      await writeFile(file, text);
      await made;
      const gone = untilTold(undefined);
      await rm(join(root, 'a'), { recursive: true });
      await gone;
    }
  });

  it('tells of a deletion right after a replacement', async () => {
    const env = join(root, '.env');
    const made = untilTold('one', env);
    await writeFile(env, 'one');
    await made;
    const gone = untilTold(undefined, env);
    await writeFile(join(root, 'new'), 'two');
    await rename(join(root, 'new'), env);
    await rm(env);
    await gone;
  });

  it('tells nothing of what is beside them', async () => {
    const told: string[] = [];
    changes.addEventListener('changed', () => told.push('changed'), { once: true });
    await writeFile(join(root, 'other'), '');
    await watched.look();
    const env = join(root, '.env');
    const made = untilTold('one', env);
    assert.deepEqual(told, []);
    await writeFile(env, 'one');
    await made;
  });

  it('sees by looking what the system does not tell: a link whose target changed', async () => {
    const target = join(await mkdtemp(join(tmpdir(), 'chroma-tls-')), 'target');
    await writeFile(target, 'one');
    const linked = untilTold('one', join(root, '.env'));
    await symlink(target, join(root, '.env'));
    await linked;
    const seen = untilTold('two, longer', join(root, '.env'));
    await writeFile(target, 'two, longer');
    await watched.look();
    await seen;
  });
});
