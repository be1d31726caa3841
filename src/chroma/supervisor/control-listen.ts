import { rm } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { systemCode } from '../../system/errors.ts';
import { takeFileLock } from '../../system/files/file-lock.ts';

/** Milliseconds to wait for another one that is about to listen at the same path. */
const PATIENCE = 10_000;

/**
 * Listens at a path, unless somebody answers there. A socket whose process is gone is taken over, by
 * one process alone; a pipe of Windows goes with its process.
 *
 * @returns false where somebody answers
 * @throws the system's errors
 */
export async function listenAlone(server: Server, path: string): Promise<boolean> {
  if (process.platform === 'win32') return listen(server, path);
  const release = await takeFileLock(`${path}.lock`, {
    doing: 'listening',
    patience: PATIENCE,
    explain: () => ({ code: 'control-busy', what: `Another process is about to use ${path}.` }),
  });
  try {
    if (await isAnswered(path)) return false;
    await rm(path, { force: true });
    return await listen(server, path);
  } finally {
    await release();
  }
}

function listen(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    // It stays: one who cannot be let in later, for too many files are open, comes again.
    server.on('error', (error) => {
      if (systemCode(error) === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(path, () => {
      resolve(true);
    });
  });
}

/** Whether a process listens at a path, even if it is frozen and says nothing. */
export function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => {
      // Any other failure, such as a queue that is full, is one of somebody who is there.
      resolve(!['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'].includes(systemCode(error) ?? ''));
    });
  });
}
