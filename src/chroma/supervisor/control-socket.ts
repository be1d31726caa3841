import { lstatSync, mkdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { literal, object, picklist, string, variant, type GenericSchema } from 'valibot';
import type { ChallengeCertificate } from '../../certificates/public/acme/responders/challenge-certificate.ts';
import { ExplainedError } from '../../system/errors.ts';
import { workspaceDataFolder, workspaceId } from '../../project/data-folder.ts';
import { readBoundedLines } from '../../system/bounded-lines.ts';
import { readJson } from '../../system/json.ts';
import type { ServerFacts } from '../server-facts.ts';
import { SERVER_FACTS } from '../server-facts-schema.ts';

/** What a supervisor tells everyone who connects. */
interface SupervisorState {
  readonly server: ServerFacts;
}
const SUPERVISOR_STATE: GenericSchema<unknown, SupervisorState> = object({ server: SERVER_FACTS });

/**
 * What a client may ask: that it ends; that it stays as long as this connection does; or that it
 * answers an ACME server's challenge for as long.
 */
export type SupervisorRequest =
  | { readonly ask: 'stop' | 'hold' }
  | { readonly ask: 'prove'; readonly answer: ChallengeCertificate };
export const SUPERVISOR_REQUEST: GenericSchema<unknown, SupervisorRequest> = variant('ask', [
  object({ ask: picklist(['stop', 'hold']) }),
  object({
    ask: literal('prove'),
    answer: object({ serverName: string(), certificate: string(), key: string() }),
  }),
]);

/** What it says once it answers an ACME server for a name. */
export interface Proving {
  readonly proving: string;
}
const PROVING: GenericSchema<unknown, Proving> = object({ proving: string() });

/** Longest path (bytes) of a Unix socket that every system takes. */
const SOCKET_PATH_LIMIT = 100;

/**
 * Where a workspace's supervisor listens: a private socket, or a pipe on Windows.
 *
 * @param service what it supervises: a `local` server, or the `proxy` of a container
 * @throws ExplainedError `control-folder-not-private` where it has to be in the shared temporary
 *   folder, and its folder there is not this user's own
 */
export function controlPath(workspace: string, service: 'local' | 'proxy'): string {
  const id = `${workspaceId(workspace)}-${service}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\chroma-tls-${id}`;
  // Its folder is there where a start has been: who only looks leaves nothing.
  const path = join(workspaceDataFolder(workspace), `${service}.sock`);
  if (Buffer.byteLength(path) <= SOCKET_PATH_LIMIT) return path;
  const short = join(tmpdir(), `chroma-tls-${process.getuid?.() ?? 0}`);
  mkdirSync(short, { recursive: true, mode: 0o700 });
  requireOwn(short);
  return join(short, `${id}.sock`);
}

/**
 * The folder's name can be guessed, and every user can create a folder there. Its owner could put
 * their own socket in place of ours, and would get our requests.
 */
function requireOwn(folder: string): void {
  const facts = lstatSync(folder);
  const isPrivate = facts.isDirectory() && (facts.mode & 0o777) === 0o700;
  if (isPrivate && facts.uid === process.getuid?.()) return;
  throw new ExplainedError({
    code: 'control-folder-not-private',
    what: `Other users may enter ${folder}.`,
    why: 'Other users could pose as your server there.',
    next: 'Remove it, or name another folder in CHROMA_TLS_DATA_DIR, then try again.',
  });
}

/** A connection to a running supervisor. */
export interface ControlConnection {
  readonly state: SupervisorState;
  ask(request: SupervisorRequest): void;
  /** Calls back with each name for which the supervisor now answers an ACME server. */
  onProving(listener: (serverName: string) => void): void;
  onClosed(listener: () => void): void;
  close(): void;
}

/** How long (ms) a supervisor may take to say who it is: it does so at once, unless it is frozen. */
const PATIENCE = 5000;

/**
 * Connects to the supervisor that listens at a path; undefined where none is running, or where it
 * does not answer in time.
 *
 * @param patience milliseconds
 * @throws ExplainedError `supervisor-not-understood` where something else answers there
 */
export async function connectControl(
  path: string,
  patience = PATIENCE,
): Promise<ControlConnection | undefined> {
  const socket = connect(path);
  socket.setTimeout(patience, () => socket.destroy());
  try {
    const state = await readState(socket, path);
    socket.setTimeout(0);
    return {
      state,
      ask: (request) => socket.write(`${JSON.stringify(request)}\n`),
      onProving: (listener) => {
        readBoundedLines(socket, (line) => {
          const answered = readJson(PROVING, line);
          if (answered) listener(answered.proving);
        });
      },
      onClosed: (listener) => socket.once('close', listener),
      close: () => socket.destroy(),
    };
  } catch (error) {
    socket.destroy();
    if (error instanceof ExplainedError) throw error;
    return undefined;
  }
}

function readState(socket: Socket, path: string): Promise<SupervisorState> {
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.once('close', () => {
      reject(socket.bytesRead > 0 ? notUnderstood(path) : new Error('Nobody answered.'));
    });
    readBoundedLines(socket, (line) => {
      const state = readJson(SUPERVISOR_STATE, line);
      if (state) resolve(state);
      else reject(notUnderstood(path));
    });
  });
}

function notUnderstood(path: string): ExplainedError {
  return new ExplainedError({
    code: 'supervisor-not-understood',
    what: 'The process of the local server does not answer as expected.',
    why: `Another version of Chroma TLS, or another program, listens at ${path}.`,
    next: `End that process (lsof -t '${path}' names it), then try again.`,
  });
}
