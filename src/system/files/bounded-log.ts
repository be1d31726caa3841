import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { systemCode } from '../errors.ts';

/** Bytes of a log file, after which the log goes on in a new one. */
const MOST_BYTES = 5 * 1024 * 1024;

/** The file with the part of a log before its present file. Anything older is gone. */
export function formerPart(file: string): string {
  return `${file}.1`;
}

/**
 * A program's log, in at most two files of a bounded size (0600). The program goes on without its
 * log: output that cannot be written, for example on a full disk, is left out, and the log says so
 * as soon as it can.
 *
 * @param mostBytes of one file
 */
export class BoundedLog extends Writable {
  readonly #file: string;
  readonly #mostBytes: number;
  #handle: FileHandle | undefined;
  #size = 0;
  #isBegun = false;
  /** Why output was left out since the last line that could be written. */
  #lost: string | undefined;

  constructor(file: string, mostBytes = MOST_BYTES) {
    super();
    this.#file = file;
    this.#mostBytes = mostBytes;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    void this.#append(chunk)
      .catch((error: unknown) => {
        this.#lost = systemCode(error) ?? 'unknown';
        return this.#close();
      })
      .then(done);
  }

  override _final(done: () => void): void {
    void this.#close().then(done);
  }

  async #append(chunk: Buffer): Promise<void> {
    const note =
      this.#lost === undefined
        ? ''
        : `\n[Output is missing here: the log refused it (${this.#lost}).]\n`;
    const bytes = Buffer.concat([Buffer.from(note), chunk]);
    let handle = (this.#handle ??= await this.#open());
    if (this.#size > 0 && this.#size + bytes.length > this.#mostBytes)
      handle = await this.#rotate();
    await handle.writeFile(bytes);
    this.#size += bytes.length;
    this.#lost = undefined;
  }

  /**
   * The first time it empties the file, because a log is of one run. After a failure it goes on
   * with the same file.
   */
  async #open(): Promise<FileHandle> {
    if (!this.#isBegun) await rm(formerPart(this.#file), { force: true });
    const handle = await open(this.#file, this.#isBegun ? 'a' : 'w', 0o600);
    this.#isBegun = true;
    this.#size = (await handle.stat()).size;
    return handle;
  }

  async #rotate(): Promise<FileHandle> {
    await this.#close();
    await rename(this.#file, formerPart(this.#file));
    this.#handle = await open(this.#file, 'w', 0o600);
    this.#size = 0;
    return this.#handle;
  }

  async #close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close().catch(() => undefined);
  }
}
