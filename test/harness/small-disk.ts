import { execFile } from 'node:child_process';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemCode } from '../../src/system/errors.ts';
import { skipBecause } from './skip-reasons.ts';

const runProgram = promisify(execFile);

/** A disk of a quarter of a megabyte, in memory. */
export class SmallDisk {
  /** Where it is mounted. */
  readonly folder: string;
  readonly #ballast: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.#ballast = join(folder, '.ballast');
  }

  /**
   * Skips the test where nobody may mount one.
   *
   * @param folder an empty one that is there
   */
  static async mount(context: Mocha.Context, folder: string): Promise<SmallDisk> {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) {
      skipBecause(context, 'only root on Linux can make a small disk');
    }
    const made = await runProgram('mount', [
      ...['-t', 'tmpfs', '-o', 'size=256k', 'none', folder],
    ]).catch(() => undefined);
    if (!made) skipBecause(context, 'this system lets nobody mount a disk');
    return new SmallDisk(folder);
  }

  /** To the last byte. */
  async fill(): Promise<void> {
    const file = await open(this.#ballast, 'a');
    try {
      for (;;) await file.write(Buffer.alloc(4096));
    } catch (error) {
      if (systemCode(error) !== 'ENOSPC') throw error;
    } finally {
      await file.close();
    }
  }

  /** Takes away what filled it. */
  async free(): Promise<void> {
    await rm(this.#ballast);
  }

  async unmount(): Promise<void> {
    await runProgram('umount', [this.folder]).catch(() => undefined);
  }
}
