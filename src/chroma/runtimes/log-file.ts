import { readFile } from 'node:fs/promises';
import type { Disposable } from '../../events.ts';
import { watchPath } from '../../folder-watch.ts';

/** The last lines of a log file, oldest first; none where there is no file. */
export async function readLastLines(file: string, count: number): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean).slice(-count);
}

/** Hands over the lines of a log file, those that are there and those that come, until disposed. */
export function followLines(file: string, onLine: (line: string) => void): Disposable {
  let seen = 0;
  let reading = Promise.resolve();
  const read = (): void => {
    reading = reading.then(async () => {
      const text = await readFile(file, 'utf8').catch(() => '');
      // A new server begins its log anew.
      if (text.length < seen) seen = 0;
      const end = text.lastIndexOf('\n') + 1;
      for (const line of text.slice(seen, end).split('\n').filter(Boolean)) onLine(line);
      seen = Math.max(seen, end);
    });
  };
  read();
  return watchPath(file, read);
}
