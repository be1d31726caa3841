import { systemCode } from '../system/errors.ts';

/** The reader is gone: `| head` has enough, or the terminal was closed. */
const READER_IS_GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO', 'ENXIO']);

/**
 * Keeps output that nobody takes from ending this process half-way. Where it matters, as on a full
 * disk, it is said, and the exit code is 1.
 */
export function guardOutput(): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error) => {
    const code = systemCode(error);
    if (READER_IS_GONE.has(code)) return;
    process.exitCode = 1;
    const why = code === 'ENOSPC' ? ' The disk is full.' : '';
    process.stderr.write(`chroma-tls: The output could not be written.${why}\n`);
  });
}
