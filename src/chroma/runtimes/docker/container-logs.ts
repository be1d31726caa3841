import type { Disposable } from '../../../system/events.ts';
import { findByRole } from './observation.ts';
import type { ChosenEngine } from '../../../containers/engine-choice.ts';

/** The last log lines of a server and of its TLS proxy. */
export async function readLogs(
  { engine, own }: ChosenEngine,
  lines: number,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const logs = (['server', 'proxy'] as const).map(async (role) => {
    const container = findByRole(own, role);
    if (!container) return [];
    const args = ['logs', '--tail', String(lines), container.Id];
    const { stdout, stderr } = await engine.run(args, signal);
    return `${stdout}\n${stderr}`.split('\n').filter(Boolean);
  });
  return (await Promise.all(logs)).flat().slice(-lines);
}

/** Hands over the server's log lines as they come, once it is found, until disposed. */
export function followLogs(
  find: (signal: AbortSignal) => Promise<ChosenEngine>,
  onLine: (line: string) => void,
): Disposable {
  const ending = new AbortController();
  let stream: Disposable | undefined;
  find(ending.signal)
    .then(({ engine, own }) => {
      const server = findByRole(own, 'server');
      if (!server || ending.signal.aborted) return;
      stream = engine.follow(['logs', '--follow', '--tail', '200', server.Id], onLine);
    })
    // Without a server there is no log to follow.
    .catch(() => undefined);
  return {
    dispose: () => {
      ending.abort();
      stream?.dispose();
    },
  };
}
