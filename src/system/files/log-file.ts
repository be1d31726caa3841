import { open, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Disposable } from '../events.ts';
import { watchPath } from './folder-watch.ts';
import { LineParts } from '../line-parts.ts';
import { formerPart } from './bounded-log.ts';

/** How many bytes at a log's end are read. */
const END_BYTES = 256 * 1024;
/** How many bytes are read at once. */
const CHUNK_BYTES = 64 * 1024;

/** The last lines of a log, oldest first; none where there is no file. */
export async function readLastLines(file: string, count: number): Promise<readonly string[]> {
  const lines = await readEnd(file);
  if (lines.length >= count) return lines.slice(-count);
  return [...(await readEnd(formerPart(file))), ...lines].slice(-count);
}

/** The lines in the last bytes of a file; none where it cannot be read. */
async function readEnd(file: string): Promise<readonly string[]> {
  const lines: string[] = [];
  const tail = new Tail((line) => lines.push(line));
  await withFile(file, async (handle) => {
    await tail.readOn(handle);
  });
  tail.flush();
  return lines;
}

/** Hands over the lines at a log's end, and those that come, until disposed. */
export function followLines(file: string, onLine: (line: string) => void): Disposable {
  let isDisposed = false;
  const tail = new Tail((line) => {
    if (!isDisposed) onLine(line);
  });
  let reading = Promise.resolve();
  const read = (): void => {
    reading = reading.then(async () => {
      if (isDisposed) return;
      await withFile(file, async (handle) => {
        if (await tail.isElsewhere(handle)) {
          // The log went on in a new file: the rest of the former one comes first.
          await withFile(formerPart(file), async (former) => {
            if (!(await tail.isElsewhere(former))) await tail.readOn(former);
          });
          tail.begin();
        }
        await tail.readOn(handle);
      });
    });
  };
  read();
  // Watches its folder: a watch on the file would follow it to its new name.
  const watched = watchPath(dirname(file), (name) => {
    if (name === null || name === basename(file)) read();
  });
  return {
    dispose: () => {
      isDisposed = true;
      watched.dispose();
    },
  };
}

/** What was read of a file so far, and what has to be kept for the next time. */
class Tail {
  readonly #lines: LineParts;
  /** Which file it is, whatever its name. */
  #identity: string | undefined;
  /** Bytes; undefined before the first look. */
  #offset: number | undefined;

  constructor(onLine: (line: string) => void) {
    this.#lines = new LineParts((line) => {
      if (line !== '') onLine(line);
    });
  }

  /** Whether this is another file than the one that was read before. */
  async isElsewhere(handle: FileHandle): Promise<boolean> {
    return this.#identity !== undefined && (await identify(handle)) !== this.#identity;
  }

  /** Reads the next file from its beginning. */
  begin(): void {
    this.flush();
    this.#offset = 0;
  }

  /** Reads what is new in a file; at the first look no more than its end. */
  async readOn(handle: FileHandle): Promise<void> {
    this.#identity = await identify(handle);
    const { size } = await handle.stat();
    if (this.#offset === undefined) {
      this.#offset = Math.max(0, size - END_BYTES);
      if (this.#offset > 0) this.#lines.take(Buffer.from('…'));
    }
    // Emptied: a new server begins its log.
    if (size < this.#offset) this.begin();
    const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, Math.max(0, size - this.#offset)));
    while (this.#offset < size) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.#offset);
      if (bytesRead === 0) return;
      this.#offset += bytesRead;
      this.#lines.take(buffer.subarray(0, bytesRead));
    }
  }

  /** Hands over the last line, which has no end. */
  flush(): void {
    this.#lines.end();
  }
}

/**
 * Runs work on an open file; does nothing where the file cannot be read, since there is no log
 * then.
 */
async function withFile(file: string, work: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(file).catch(() => undefined);
  try {
    if (handle) await work(handle);
  } catch {
    // What is there now is read with the next change.
  } finally {
    await handle?.close();
  }
}

/** A file's number is given to another file once it is gone, so the time of birth counts too. */
async function identify(handle: FileHandle): Promise<string> {
  const { ino, birthtimeNs } = await handle.stat({ bigint: true });
  return `${ino}-${birthtimeNs}`;
}
