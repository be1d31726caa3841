import { watch } from 'node:fs';
import type { Disposable } from './events.ts';

/**
 * Calls back when something in a folder, or a file, changes. A place that cannot be watched (it is
 * not there, or the system has no watch left: `fs.watch` throws at once then) is no reason to end:
 * nothing is called back for it, and whoever watches has other ways to find out.
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
