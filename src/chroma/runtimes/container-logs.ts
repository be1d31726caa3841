import type { Disposable } from '../../events.ts';
import type { Engine } from './docker-engine.ts';
import { findByRole, type InspectedContainer } from './docker-state.ts';

/** The last log lines of a server and of what stands in front of it. */
export async function readLogs(
  engine: Engine,
  containers: readonly InspectedContainer[],
  lines: number,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const logs: string[] = [];
  for (const role of ['server', 'proxy'] as const) {
    const container = findByRole(containers, role);
    if (!container) continue;
    const args = ['logs', '--tail', String(lines), container.Id];
    const { stdout, stderr } = await engine.run(args, signal);
    logs.push(...`${stdout}\n${stderr}`.split('\n').filter(Boolean));
  }
  return logs.slice(-lines);
}

/** Hands over the server's log lines as they come, once it is found, until disposed. */
export function followLogs(
  engine: Engine,
  find: (signal: AbortSignal) => Promise<readonly InspectedContainer[]>,
  onLine: (line: string) => void,
): Disposable {
  const ending = new AbortController();
  let stream: Disposable | undefined;
  find(ending.signal)
    .then((containers) => {
      const server = findByRole(containers, 'server');
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
