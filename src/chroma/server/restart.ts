import { explainNotOurs } from '../runtimes/external.ts';
import { agreeOnRuntime } from './agree-on-runtime.ts';
import type { Server } from './server.ts';
import { startChroma, type StartOptions } from './start.ts';
import { keepStopping } from './stop.ts';

/** @throws those of `startChroma` and `stopChroma` */
export async function restartChroma(server: Server, options: StartOptions): Promise<void> {
  const { environment } = server;
  if (environment.readSettings().runtime === 'external') throw explainNotOurs();
  // Where nothing was seen, a start clears away by itself whatever may be in its way.
  if (server.snapshot.observation.kind === 'none') return startChroma(server, options);
  // Asked before the stop: a user who would rather keep the data keeps the server.
  const agreed = await agreeOnRuntime(environment, options);
  try {
    await keepStopping(server, options.signal);
    await startChroma(server, { ...options, agreed });
  } catch (error) {
    server.apply({ kind: 'operation', operation: undefined });
    throw error;
  }
}
