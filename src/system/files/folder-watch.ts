import { watch } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { Disposable } from '../events.ts';

/**
 * Calls back when something in a folder, or a file, changes. A place that cannot be watched (it is
 * not there, or the system has no watch left: `fs.watch` throws at once then) does not end the watch:
 * nothing is called back for it, and a watcher has other ways to find out.
 *
 * @param changed gets the name of what changed, where the system tells it
 */
export function watchPath(path: string, changed: (name: string | null) => void): Disposable {
  try {
    const watcher = watch(path, (_, name) => {
      changed(name);
    }).on('error', () => undefined);
    return {
      dispose: () => {
        watcher.close();
      },
    };
  } catch {
    return { dispose: () => undefined };
  }
}

/**
 * Watches a folder of ours, which is made where it is not there yet: only what is there can be watched.
 * One that cannot be made has nothing in it to call back for.
 *
 * @param changed gets the name of what changed, where the system tells it
 */
export function watchOwnFolder(folder: string, changed: (name: string | null) => void): Disposable {
  let isEnded = false;
  let watcher: Disposable | undefined;
  void mkdir(folder, { recursive: true, mode: 0o700 })
    .catch(() => undefined)
    .then(() => {
      if (!isEnded) watcher = watchPath(folder, changed);
    });
  return {
    dispose: () => {
      isEnded = true;
      watcher?.dispose();
    },
  };
}
