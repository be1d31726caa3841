import { createServer } from 'node:net';
import { ExplainedError, systemCode } from '../errors.ts';
import { run } from '../process.ts';

/** Whether a TCP port can be bound on an address right now. */
export async function isPortFree(address: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      if (['EADDRINUSE', 'EACCES'].includes(systemCode(error) ?? '')) resolve(false);
      else reject(error);
    });
    probe.listen({ host: address, port, exclusive: true }, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}

/** A port the system says is free at the moment, on the loopback address. */
export async function findAnyPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ host: '127.0.0.1', port: 0 }, () => {
      const bound = probe.address();
      probe.close(() => {
        if (bound !== null && typeof bound === 'object') resolve(bound.port);
        else reject(new Error('The system gave no port.'));
      });
    });
  });
}

/**
 * The failure of a taken port: who holds it, and the next port that is free.
 *
 * @param holder who is known to hold it; looked for when not given
 */
export async function explainPortTaken(
  address: string,
  port: number,
  holder?: string,
): Promise<ExplainedError> {
  const who = holder ?? (await findHolder(port));
  const free = await findNextFree(address, port);
  return new ExplainedError({
    code: 'port-taken',
    what: `Port ${port} is taken.`,
    why: who === undefined ? 'Another program listens on it.' : `It is held by ${who}.`,
    next:
      free === undefined
        ? 'Choose another in the setting chromaTls.port.'
        : `Port ${free} is free: use it, or stop what holds ${port}.`,
    action: free === undefined ? 'openSettings' : { usePort: free },
  });
}

async function findNextFree(address: string, port: number): Promise<number | undefined> {
  for (let candidate = port + 1; candidate <= Math.min(port + 50, 65_535); candidate += 1) {
    if (await isPortFree(address, candidate)) return candidate;
  }
  return undefined;
}

/** The program that listens on a port, by the system's own tool; best effort. */
async function findHolder(port: number): Promise<string | undefined> {
  for (const [program, args, pattern] of [
    ['ss', ['-Hltnp', `sport = :${port}`], /users:\(\("([^"]+)",pid=(\d+)/],
    ['lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], /p(\d+)\nc(.+)/],
  ] as const) {
    const found = await run({ program, args }, { timeout: 3000 }).catch(() => undefined);
    const match = found && pattern.exec(found.stdout);
    if (match) {
      const [name, pid] = program === 'ss' ? [match[1], match[2]] : [match[2], match[1]];
      return `${name ?? 'a program'} (process ${pid ?? '?'})`;
    }
  }
  return undefined;
}
