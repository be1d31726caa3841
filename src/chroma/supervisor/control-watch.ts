import type { Disposable } from '../../system/events.ts';
import { watchOwnFolder } from '../../system/files/folder-watch.ts';
import { connectControl, type ControlConnection } from './control-socket.ts';

export interface ControlWatch extends Disposable {
  /** Connects at once to a supervisor that has just been started. */
  connect(): Promise<void>;
}

/**
 * Stays connected to the supervisor at a path, no matter who starts it, and when.
 *
 * @param folder where files change when one starts: its log and its socket
 * @param hold whether the supervisor stays as long as this connection does
 * @param changed called when one has appeared or gone
 */
export function watchControl(
  findPath: () => string,
  { folder, hold, changed }: { folder: string; hold: boolean; changed: () => void },
): ControlWatch {
  let connection: ControlConnection | undefined;
  let ended = false;
  // Checked again after each wait: two events may both have come this far.
  const isSettled = (): boolean => ended || connection !== undefined;
  const connect = async (): Promise<void> => {
    if (isSettled()) return;
    const control = await tryToConnect(findPath);
    if (!control) return;
    if (isSettled()) {
      control.close();
      return;
    }
    connection = control;
    if (hold) control.ask({ ask: 'hold' });
    control.onClosed(() => {
      connection = undefined;
      if (!ended) changed();
    });
    changed();
  };
  const watcher = watchOwnFolder(folder, () => void connect());
  void connect();
  return {
    connect,
    dispose: () => {
      ended = true;
      watcher.dispose();
      connection?.close();
    },
  };
}

/** Where it cannot connect, the observation says why. */
async function tryToConnect(findPath: () => string): Promise<ControlConnection | undefined> {
  try {
    return await connectControl(findPath());
  } catch {
    return undefined;
  }
}
