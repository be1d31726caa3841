import { describeImage, nameGeneration, type Capabilities } from '../../chroma/version.ts';
import { skipped, judge, type Check } from '../check.ts';
import { apiOf, type ClientVersion } from '../client-version.ts';

/** The workspace's clients speak an API that the server has. */
export const CLIENT: Check = {
  id: 'client',
  after: ['image'],
  look: async ({ clients: found, seen, settings }) => {
    const clients = await found;
    if (clients.length === 0) {
      return skipped('No client of Chroma for Python or JavaScript is pinned or installed here.');
    }
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
    const problems = clients.flatMap((client) => {
      const age = compareApis(client, server);
      if (age === undefined) return [];
      return [
        {
          code: 'client-version',
          what: `The ${describe(client)} is ${age} than the server, ${name}.`,
          why: 'They have no API in common: the server answers it with status 410 or 404.',
          next: CURES[client.language][age],
          action: 'selectImage',
        } as const,
      ];
    });
    return judge(problems, `${clients.map(describe).join(', ')} for ${name}`);
  },
};

type Age = 'older' | 'newer';

const OF_ONE_VERSION =
  'Install a client of the server’s version, or select the image of the client’s.';

const CURES: Readonly<Record<ClientVersion['language'], Readonly<Record<Age, string>>>> = {
  Python: { older: OF_ONE_VERSION, newer: OF_ONE_VERSION },
  JavaScript: {
    older: 'Run npm install chromadb@latest, or select an image of 0.x.',
    newer: 'Select an image from 0.5.16 on, or run npm install chromadb@1.9.2.',
  },
};

function describe({ language, version, from }: ClientVersion): string {
  return `${language} client chromadb ${version} (${from})`;
}

/** How a client's age keeps it from a server: since 0.5.16 there is a v2, since 1.0 no v1 any more. */
function compareApis(client: ClientVersion, server: Capabilities): Age | undefined {
  if (apiOf(client) === 'v1') return server.generation === 'rust' ? 'older' : undefined;
  return server.heartbeatPath === '/api/v1/heartbeat' ? 'newer' : undefined;
}
