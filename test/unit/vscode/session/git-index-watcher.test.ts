import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { GitIndexWatcher } from '../../../../src/vscode/session/git-index-watcher.ts';
import { until } from '../../../harness/until.ts';

describe('the index of a repository', () => {
  let folder = '';
  let index = '';
  let told = 0;
  let watcher: GitIndexWatcher | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chroma-tls-index-'));
    index = join(folder, '.git', 'index');
    told = 0;
  });
  afterEach(() => {
    watcher?.dispose();
  });

  /** Resolves when the index is watched and earlier changes were told. */
  async function watch(where = folder): Promise<void> {
    watcher = new GitIndexWatcher(
      where,
      () => {
        told += 1;
      },
      (error) => assert.fail(String(error)),
    );
    await until('a watch', async () => {
      await replace(String(Date.now()));
      // Several quick changes are told once, at their end.
      await pause(1000);
      return told > 0;
    });
    told = 0;
  }

  /** As git does it: write another file, then rename it. */
  async function replace(content: string): Promise<void> {
    await mkdir(join(folder, '.git'), { recursive: true });
    await writeFile(`${index}.lock`, content);
    await rename(`${index}.lock`, index);
  }

  it('is told of when it was replaced and deleted at once', async () => {
    await watch();
    await replace('other');
    await rm(index);
    await until('the change', () => told > 0);
  });

  it('is told of above the folder, and when the repository is removed and made again', async () => {
    await mkdir(join(folder, '.git'));
    await mkdir(join(folder, 'below'));
    await watch(join(folder, 'below'));
    await rm(join(folder, '.git'), { recursive: true });
    await until('the removal', () => told > 0);
    told = 0;
    await replace('new');
    await until('the new one', () => told > 0);
  });
});
