import { explainPort } from '../../chroma/port-problems.ts';
import { describePublisher } from '../../chroma/runtimes/docker/observation.ts';
import { inspectContainers, listRunning } from '../../containers/container-queries.ts';
import { Engine } from '../../containers/engine.ts';
import { probePort } from '../../system/network/port.ts';
import { skipped, well, type Check } from '../check.ts';

/** The port: this server's, free, or somebody else's. */
export const PORT: Check = {
  id: 'port',
  after: [],
  look: async ({ settings, seen, signal }) => {
    const { observation } = await seen;
    if (observation.kind === 'running' || observation.kind === 'impaired') {
      const { port, bindAddress, runtime } = observation.server;
      const holder = runtime === 'external' ? 'someone else’s server' : 'this server';
      return well(`${port} on ${bindAddress || 'every address'}, held by ${holder}`);
    }
    if (settings.runtime === 'compose') return skipped('The Compose file says which port it is.');
    const { port, bindAddress, containerCommand } = settings;
    const state = await probePort(bindAddress, port);
    if (state === 'free') return well(`${port} on ${bindAddress} is free`);
    // An engine that runs as root publishes what this user may not bind.
    if (state === 'forbidden' && settings.runtime !== 'local') {
      return well(`${port} on ${bindAddress}, which only the engine may bind`);
    }
    const holder =
      state === 'taken'
        ? await findPublishing(new Engine(containerCommand), port, signal)
        : undefined;
    return {
      kind: 'broken',
      problems: [(await explainPort(state, bindAddress, port, holder)).problem],
    };
  },
};

/** A container, where one publishes it; the system's tools only see the engine. */
async function findPublishing(
  engine: Engine,
  port: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const running = await inspectContainers(engine, await listRunning(engine, signal), signal);
    return describePublisher(running, port);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
