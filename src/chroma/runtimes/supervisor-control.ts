import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { SupervisorRequest } from './control-socket.ts';
import type { ServerFacts } from './runtime.ts';

/** How long (ms) a held server waits for a window to come back: a reload takes a few seconds. */
const HOLD_GRACE = 20_000;

/**
 * Listens for windows and the CLI: says who we are, takes "stop" and "hold".
 *
 * @param held true: `stop` is also called some time after the last window that holds us has gone
 * @returns what ends it, all connections included
 */
export async function openControl({
  path,
  server,
  held,
  stop,
}: {
  readonly path: string;
  readonly server: ServerFacts;
  readonly held: boolean;
  readonly stop: () => void;
}): Promise<() => Promise<void>> {
  const open = new Set<Socket>();
  const holders = new Set<Socket>();
  let timer: NodeJS.Timeout | undefined;
  const letGoLater = (): void => {
    if (held && holders.size === 0) timer = setTimeout(stop, HOLD_GRACE);
  };
  const control = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      open.delete(socket);
      if (holders.delete(socket)) letGoLater();
    });
    socket.write(`${JSON.stringify({ server })}\n`);
    createInterface({ input: socket }).on('line', (line) => {
      const { ask } = JSON.parse(line) as SupervisorRequest;
      if (ask === 'stop') {
        stop();
      } else {
        holders.add(socket);
        clearTimeout(timer);
      }
    });
  });
  if (process.platform !== 'win32') await rm(path, { force: true });
  await new Promise<void>((resolve) => control.listen(path, resolve));
  letGoLater();
  return async () => {
    control.close();
    for (const socket of open) socket.destroy();
    if (process.platform !== 'win32') await rm(path, { force: true });
  };
}
