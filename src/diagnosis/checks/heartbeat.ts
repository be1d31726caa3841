import { NO_SERVER, well, type Check } from '../check.ts';

/** The heartbeat: the server answers at the API of its version. */
export const HEARTBEAT: Check = {
  id: 'heartbeat',
  after: ['image', 'server', 'name', 'certificate', 'handshake'],
  look: async ({ heard, visit }) => {
    const { observation, probe } = await heard;
    if (observation.kind !== 'running' || !probe) return NO_SERVER;
    if (!probe.ok) return { kind: 'broken', problems: [probe.failure] };
    const visited = await visit;
    const path = visited?.ok ? `${visited.path} ` : '';
    return well(`${path}answered in ${probe.latencyMs} ms`);
  },
};
