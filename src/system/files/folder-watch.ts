import { watch } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { Disposable } from '../events.ts';

/**
 * Calls back when a file, or something in a folder, changes. A path that cannot be watched is no
 * failure (it is missing, or the system has no watch left, and `fs.watch` throws): it is not called
 * back for, and callers have other ways to find out.
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
 * Watches a folder of ours. It is created first, because only an existing folder can be watched. If
 * it cannot be created, nothing happens in it either.
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
