import type { Stats } from 'node:fs';
import { constants, open, stat, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ExplainedError, systemCode } from '../errors.ts';

/** Bytes; a machine's whole bundle of authorities has a quarter of that. */
const MOST_BYTES = 1024 * 1024;
/** Milliseconds that a program has to write into a pipe. */
const PIPE_PATIENCE = 2000;
const POLL = 20;
/** Bytes that are read at once. */
const PIECE = 64 * 1024;

/**
 * Reads a whole file of a user, if it is an ordinary file and not larger than a certificate, a key
 * or a setting can be. A repository can hold a link to something endless, such as `/dev/zero`.
 *
 * @param known what was just read of the file, links followed
 * @throws ExplainedError `not-a-file`, `file-too-large`; the system's errors
 */
export async function readSmallFile(file: string, known?: Stats): Promise<Buffer> {
  const read = async (handle: FileHandle, facts: Stats): Promise<Buffer> => {
    if (facts.isFIFO()) throw explainNoFile(file);
    return readToEnd(handle, file, facts.size);
  };
  return openSmall(file, read, known);
}

/**
 * The same for a file that a program may serve through a named pipe, as secret managers do. Waits a
 * few seconds for that program. Readers in this process share one answer, because a pipe gives each
 * byte only once.
 *
 * @throws ExplainedError `not-a-file`, `file-too-large`, `pipe-silent`; the system's errors
 */
export async function readFileOrPipe(file: string): Promise<Buffer> {
  const reading = readings.get(file) ?? openSmall(file, readEither(file));
  readings.set(file, reading);
  return reading.finally(() => readings.delete(file));
}

const readings = new Map<string, Promise<Buffer>>();

/** The problem of a path that is not an ordinary file. Nothing may be written over it. */
export function explainNoFile(file: string): ExplainedError {
  return new ExplainedError({
    code: 'not-a-file',
    what: `${basename(file)} is not an ordinary file.`,
    why: 'It is a device or a pipe, or a link to one.',
    next: 'Put a file in its place.',
  });
}

function readEither(file: string) {
  return (handle: FileHandle, facts: Stats): Promise<Buffer> =>
    facts.isFIFO() ? readPipe(handle, file) : readToEnd(handle, file, facts.size);
}

/**
 * Opens no device, because that may start something, and waits for no program that writes a pipe.
 */
async function openSmall(
  file: string,
  read: (handle: FileHandle, facts: Stats) => Promise<Buffer>,
  known?: Stats,
): Promise<Buffer> {
  const before = known ?? (await stat(file));
  if (!before.isFile() && !before.isDirectory() && !before.isFIFO()) throw explainNoFile(file);
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    // The path may lead to another file by now, so the open file is checked.
    const facts = await handle.stat();
    // A folder may pass: the system's own error says what it is.
    if (!facts.isFile() && !facts.isDirectory() && !facts.isFIFO()) throw explainNoFile(file);
    return await read(handle, facts);
  } finally {
    await handle.close();
  }
}

/**
 * The bytes are counted, because the system's size is not true everywhere (`/proc`). Where it is, one read
 * into a buffer that is one byte larger shows that the file ends there.
 */
async function readToEnd(handle: FileHandle, file: string, told: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const length = told > 0 && told < PIECE ? told + 1 : PIECE;
  for (let size = 0; ;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(length));
    if (bytesRead === 0) return Buffer.concat(chunks);
    size = keep(chunks, buffer.subarray(0, bytesRead), size, file);
    if (size === told && bytesRead < length) return Buffer.concat(chunks);
  }
}

/** A pipe gives nothing while it has no writer, and also while its writer is slow. */
async function readPipe(handle: FileHandle, file: string): Promise<Buffer> {
  const deadline = Date.now() + PIPE_PATIENCE;
  const chunks: Buffer[] = [];
  for (let size = 0; Date.now() < deadline;) {
    const read = await handle.read(Buffer.alloc(PIECE)).catch(waitForMore);
    if (read && read.bytesRead > 0) {
      size = keep(chunks, read.buffer.subarray(0, read.bytesRead), size, file);
    } else if (read && size > 0) return Buffer.concat(chunks);
    else await pause(POLL);
  }
  throw new ExplainedError({
    code: 'pipe-silent',
    what: `${basename(file)} is a named pipe that gives nothing.`,
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
    why: 'Chroma TLS reads smaller files only.',
    next: 'Put the right file in its place.',
  });
}
