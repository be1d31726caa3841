import { rm } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { systemCode } from '../../system/errors.ts';
import { takeFileLock } from '../../system/files/file-lock.ts';

/** Milliseconds to wait for another process that is about to listen at the same path. */
const PATIENCE = 10_000;

/**
 * Listens at a path, unless another process answers there. A socket file whose process is gone is
 * replaced, by one process at a time. On Windows a pipe ends with its process.
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
    // The handler stays: a later connection can fail because too many files are open, and its
    // client tries again.
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
      // Any other failure, such as a full queue, means that a process is there.
      resolve(!['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'].includes(systemCode(error) ?? ''));
    });
  });
}
