import { constants, open, stat, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ExplainedError, systemCode } from '../errors.ts';

/** Bytes; a machine's whole bundle of authorities takes a quarter of it. */
const MOST_BYTES = 1024 * 1024;
/** Milliseconds for a program to write what it serves by a pipe. */
const PIPE_PATIENCE = 2000;
const POLL = 20;

/**
 * Reads a file of a user whole, if it is an ordinary one of a size that a certificate, a key or a
 * setting can have. A repository can bring a link to what never ends, such as `/dev/zero`.
 *
 * @throws ExplainedError `not-a-file`, `file-too-large`; the system's errors
 */
export async function readSmallFile(file: string): Promise<Buffer> {
  return openSmall(file, async (handle, isPipe) => {
    if (isPipe) throw explainNoFile(file);
    return readToEnd(handle, file);
  });
}

/**
 * The same of a file that a program may serve by a named pipe, as secret managers do. Waits a few
 * seconds for that program. Readers of this process share one answer: a pipe gives each byte once.
 *
 * @throws ExplainedError `not-a-file`, `file-too-large`, `pipe-silent`; the system's errors
 */
export async function readFileOrPipe(file: string): Promise<Buffer> {
  const reading = readings.get(file) ?? openSmall(file, readEither(file));
  readings.set(file, reading);
  return reading.finally(() => readings.delete(file));
}

const readings = new Map<string, Promise<Buffer>>();

/** Something that is there and is not an ordinary file: nothing may be written over it. */
export function explainNoFile(file: string): ExplainedError {
  return new ExplainedError({
    code: 'not-a-file',
    what: `${basename(file)} is not an ordinary file.`,
    why: 'It is a device or a pipe, or a link to one.',
    next: 'Put a file in its place.',
  });
}

function readEither(file: string) {
  return (handle: FileHandle, isPipe: boolean): Promise<Buffer> =>
    isPipe ? readPipe(handle, file) : readToEnd(handle, file);
}

/** Nothing is opened that an opening may set going, and none is waited for. */
async function openSmall(
  file: string,
  read: (handle: FileHandle, isPipe: boolean) => Promise<Buffer>,
): Promise<Buffer> {
  const before = await stat(file);
  if (!before.isFile() && !before.isDirectory() && !before.isFIFO()) throw explainNoFile(file);
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    // It may be another one by now; what is open stays what it is.
    const facts = await handle.stat();
    // What a folder is, the system itself says.
    if (!facts.isFile() && !facts.isDirectory() && !facts.isFIFO()) throw explainNoFile(file);
    return await read(handle, facts.isFIFO());
  } finally {
    await handle.close();
  }
}

/** What the system says of a size is not true everywhere (`/proc`), so it is counted. */
async function readToEnd(handle: FileHandle, file: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let size = 0; ;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(64 * 1024));
    if (bytesRead === 0) return Buffer.concat(chunks);
    size = keep(chunks, buffer.subarray(0, bytesRead), size, file);
  }
}

/** A pipe that nobody has opened to write gives nothing, and so does one whose writer is slow. */
async function readPipe(handle: FileHandle, file: string): Promise<Buffer> {
  const deadline = Date.now() + PIPE_PATIENCE;
  const chunks: Buffer[] = [];
  for (let size = 0; Date.now() < deadline;) {
    const read = await handle.read(Buffer.alloc(64 * 1024)).catch(waitForMore);
    if (read && read.bytesRead > 0) {
      size = keep(chunks, read.buffer.subarray(0, read.bytesRead), size, file);
    } else if (read && size > 0) return Buffer.concat(chunks);
    else await pause(POLL);
  }
  throw new ExplainedError({
    code: 'pipe-silent',
    what: `${basename(file)} is a named pipe, and nothing has come from it.`,
    why: 'The program that serves it does not run, or waits for you.',
    next: 'Start or unlock that program, or put a file in its place.',
  });
}

function waitForMore(error: unknown): undefined {
  if (systemCode(error) !== 'EAGAIN') throw error;
}

/** @returns the size so far */
function keep(chunks: Buffer[], chunk: Buffer, before: number, file: string): number {
  chunks.push(chunk);
  const size = before + chunk.length;
  if (size <= MOST_BYTES) return size;
  throw new ExplainedError({
    code: 'file-too-large',
    what: `${basename(file)} is larger than 1 MB.`,
    why: 'Nothing that is read here is.',
    next: 'Put the right file in its place.',
  });
}
