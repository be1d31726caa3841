import {
  describeImage,
  describeVersion,
  nameGeneration,
  type Capabilities,
} from '../../chroma/version.ts';
import { skipped, judge, type Check } from '../check.ts';

/** The workspace's Python client speaks an API that the server has. */
export const CLIENT: Check = {
  id: 'client',
  after: ['image'],
  look: async ({ clients: found, seen, settings }) => {
    const clients = await found;
    if (clients.length === 0)
      return skipped('No Python client of Chroma is pinned or installed here.');
    const { observation } = await seen;
    const running = observation.kind === 'none' ? undefined : observation.server;
    if (running?.runtime === 'external') {
      return skipped('Nobody here knows the version of someone else’s server.');
    }
    const server = describeImage(running?.image ?? settings.image, running?.generation);
    if (server.version === undefined && server.generation === 'python') {
      return skipped('The image’s tag does not say which 0.x it is.');
    }
    const name = `Chroma ${server.version ?? nameGeneration(server.generation)}`;
    const problems = clients.flatMap(({ version, from }) => {
      const age = compareApis(version, server);
      if (age === undefined) return [];
      const what = `The client chromadb ${version} (${from}) is ${age} than the server, ${name}.`;
      return [
        {
          code: 'client-version',
          what,
          why: 'They have no API in common: the server answers it with status 410 or 404.',
          next: 'Install a client of the server’s version, or select the image of the client’s.',
          action: 'selectImage',
        } as const,
      ];
    });
    const list = clients.map(({ version, from }) => `chromadb ${version} (${from})`).join(', ');
    return judge(problems, `${list} for ${name}`);
  },
};

/** How a client's age keeps it from a server: since 0.5.16 there is a v2, since 1.0 no v1 any more. */
function compareApis(version: string, server: Capabilities): 'older' | 'newer' | undefined {
  const speaksFirst = describeVersion(version).heartbeatPath === '/api/v1/heartbeat';
  if (speaksFirst) return server.generation === 'rust' ? 'older' : undefined;
  return server.heartbeatPath === '/api/v1/heartbeat' ? 'newer' : undefined;
}
