import { mkdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { workspaceDataFolder, workspaceId } from '../../project/data-folder.ts';
import type { ServerFacts } from './runtime.ts';

/** What a supervisor tells everyone who connects, and again whenever it changes. */
export interface SupervisorState {
  readonly server: ServerFacts;
}

/** What may be asked of it: to end; or to live as long as this connection does. */
export type SupervisorRequest = { readonly ask: 'stop' } | { readonly ask: 'hold' };

/** Longest path (bytes) of a Unix socket that every system takes. */
const SOCKET_PATH_LIMIT = 100;

/**
 * Where a workspace's supervisor listens: a private socket, or a pipe on Windows.
 *
 * @param service what it supervises: a `local` server, or the `front` of a container
 */
export function controlPath(workspace: string, service: 'local' | 'front'): string {
  const id = `${workspaceId(workspace)}-${service}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\chroma-tls-${id}`;
  const folder = workspaceDataFolder(workspace);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${service}.sock`);
  if (Buffer.byteLength(path) <= SOCKET_PATH_LIMIT) return path;
  const short = join(tmpdir(), `chroma-tls-${process.getuid?.() ?? 0}`);
  mkdirSync(short, { recursive: true, mode: 0o700 });
  return join(short, `${id}.sock`);
}

/** A connection to a running supervisor. */
export interface ControlConnection {
  readonly state: SupervisorState;
  ask(request: SupervisorRequest): void;
  onClosed(listener: () => void): void;
  close(): void;
}

/** How long (ms) a supervisor may take to say who it is: it does so at once, unless it is frozen. */
const PATIENCE = 5000;

/**
 * Connects to the supervisor that listens at a path; undefined where none is running, or where it
 * says nothing: nobody else is to wait for it for ever.
 *
 * @param patience milliseconds
 */
export async function connectControl(
  path: string,
  patience = PATIENCE,
): Promise<ControlConnection | undefined> {
  const socket = connect(path);
  socket.setTimeout(patience, () => socket.destroy());
  try {
    const state = await readState(socket);
    socket.setTimeout(0);
    return {
      state,
      ask: (request) => socket.write(`${JSON.stringify(request)}\n`),
      onClosed: (listener) => socket.once('close', listener),
      close: () => socket.destroy(),
    };
  } catch {
    socket.destroy();
    return undefined;
  }
}

function readState(socket: Socket): Promise<SupervisorState> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => {
      reject(new Error('The supervisor closed the connection.'));
    });
    const lines = createInterface({ input: socket, crlfDelay: Infinity });
    lines.on('error', reject);
    lines.once('line', (line) => {
      socket.removeAllListeners('error');
      socket.on('error', () => undefined);
      resolve(JSON.parse(line) as SupervisorState);
    });
  });
}
