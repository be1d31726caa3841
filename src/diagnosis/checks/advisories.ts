import { findReachProblems } from '../../chroma/status/server-problems.ts';
import { describeImage } from '../../chroma/version.ts';
import type { Problem } from '../../system/errors.ts';
import { judge, skipped, type Check, type Subject } from '../check.ts';
import { findAdvisories, type Advisory } from '../known-advisories.ts';

/** A version that is used here, and what is published of it. */
interface Known {
  readonly name: string;
  readonly advisories: readonly Advisory[];
}

/**
 * What is published of this server's and these clients' versions. Broken where a release without the
 * hole is out, or where others reach a server that lets them run programs.
 */
export const ADVISORIES: Check = {
  id: 'advisories',
  after: [],
  look: async (subject) => {
    const known = [...(await findOfServer(subject)), ...(await findOfClients(subject))];
    if (known.length === 0) return skipped('Neither a server’s nor a client’s version is known.');
    const { observation, probe } = await subject.heard;
    const exposed =
      observation.kind === 'running' && probe?.ok
        ? findReachProblems(observation.server, probe).filter(({ code }) => code === 'exposed')
        : [];
    return judge([...exposed, ...known.flatMap(findFixed)], known.map(describe).join('; '));
  },
};

async function findOfServer({ seen, settings }: Subject): Promise<readonly Known[]> {
  const { observation } = await seen;
  const running = observation.kind === 'none' ? undefined : observation.server;
  if ((running?.runtime ?? settings.runtime) === 'external') return [];
  const image = running?.image ?? settings.image;
  const { version, generation } = describeImage(image, running?.generation);
  if (version === undefined) return [];
  const places = [
    'any-server' as const,
    ...(generation === 'python' ? ['python-server' as const] : []),
  ];
  return [{ name: `server ${version}`, advisories: findAdvisories(version, places) }];
}

const PLACES = { Python: 'python-client', JavaScript: 'javascript-client' } as const;

async function findOfClients({ clients }: Subject): Promise<readonly Known[]> {
  const known = (await clients).map(({ language, version }): [string, Known] => {
    const name = `${language} client ${version}`;
    return [name, { name, advisories: findAdvisories(version, [PLACES[language]]) }];
  });
  // One that several places have is named once.
  return [...new Map(known).values()];
}

function findFixed({ name, advisories }: Known): readonly Problem[] {
  return advisories.flatMap(({ id, lets, fixedIn }) =>
    fixedIn === undefined
      ? []
      : [
          {
            code: 'known-hole',
            what: `The ${name} has ${id}, which ${fixedIn} closes.`,
            why: `With it, ${lets}.`,
            next: `Use ${fixedIn} or a newer one.`,
            action: 'selectImage',
          } as const,
        ],
  );
}

function describe({ name, advisories }: Known): string {
  if (advisories.length === 0) return `${name}: nothing known`;
  const holes = advisories.map(
    ({ id, severity, lets }) => `${id}, ${severity}, not fixed in a release yet: ${lets}`,
  );
  return `${name}: ${holes.join('; ')}`;
}
