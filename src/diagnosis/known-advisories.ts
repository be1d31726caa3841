import { compareVersions } from '../chroma/version.ts';

/** A published hole, with the versions that have it. */
export interface Advisory {
  /** As it is searched for. */
  readonly id: string;
  readonly severity: 'critical' | 'high';
  /** What runs has it: the Python server (0.x), any server, or a language's client. */
  readonly in: 'python-server' | 'any-server' | 'python-client' | 'javascript-client';
  /** The first and the last version that are known to have it. */
  readonly from: string;
  readonly to: string;
  /** The first release without it; none while there is none. */
  readonly fixedIn?: string;
  /** What it lets whom do, as the end of a sentence. */
  readonly lets: string;
}

/**
 * What is published of chromadb, from the GitHub Advisory Database (chromadb on PyPI) and Chroma's own
 * issues, as of September 2026. No release had a fix then; 1.5.9 was the newest. CVE-2026-45829
 * (GHSA-f4j7-r4q5-qw2c, from 1.0.0) is of a Python server of 1.x, which nothing here starts: the server of
 * 1.x is Rust's. Nothing was found of npm's chromadb.
 */
const ADVISORIES: readonly Advisory[] = [
  {
    id: 'CVE-2026-45833 (GHSA-36p7-vc44-83pf)',
    severity: 'critical',
    in: 'python-server',
    from: '0.4.17',
    to: '1.5.9',
    lets: 'a user who may update a collection runs programs in the server',
  },
  {
    id: 'CVE-2026-45830 (GHSA-2wm9-hf6c-p5cr)',
    severity: 'high',
    in: 'any-server',
    from: '0.4.17',
    to: '1.5.9',
    lets: 'a user of one tenant reads and writes the collections of others',
  },
  {
    id: 'CVE-2026-45831 (GHSA-xph7-9rjv-w5fr)',
    severity: 'high',
    in: 'python-server',
    from: '0.5.0',
    to: '1.5.9',
    lets: 'the roles of its SimpleRBAC hold for every tenant',
  },
  {
    // The report is of the code of March 2026; nobody says since when.
    id: 'chroma-core/chroma#6717',
    severity: 'high',
    in: 'python-client',
    from: '1.5.0',
    to: '1.5.9',
    lets: 'a hostile server runs programs in the client, so connect only to one that is verified',
  },
];

/** The advisories of what runs. Pure. */
export function findAdvisories(
  version: string,
  places: readonly Advisory['in'][],
): readonly Advisory[] {
  return ADVISORIES.filter(
    ({ in: place, from, to }) =>
      places.includes(place) &&
      compareVersions(version, from) >= 0 &&
      compareVersions(version, to) <= 0,
  );
}
