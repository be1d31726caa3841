/** Which program answers: uvicorn and Python up to 0.6, Rust since 1.0. */
export type Generation = 'python' | 'rust';

/** What a line is called where a user reads of it, after "Chroma". */
export function nameGeneration(generation: Generation): string {
  return generation === 'rust' ? '1.x' : '0.x';
}

/** What follows from a Chroma version; each row was seen running or read from its source. */
export interface Capabilities {
  readonly generation: Generation;
  /** The version in the tag, where the tag is one. */
  readonly version?: string;
  /** uvicorn ends TLS itself; since 1.0 something must stand in front. */
  readonly ownTls: boolean;
  /**
   * What follows the image's name are arguments of its entry point. Up to 0.4.22 there is none, so
   * that it would replace the whole command.
   */
  readonly hasEntryPoint: boolean;
  /** Chroma itself can ask for a token (CHROMA_SERVER_AUTHN_*); 1.x ignores those variables. */
  readonly ownAuthentication: boolean;
  readonly heartbeatPath: '/api/v1/heartbeat' | '/api/v2/heartbeat';
  /** Where the image keeps its data. */
  readonly dataPath: '/chroma/chroma' | '/data';
}

/**
 * The traits of an image, read from its tag, or of a local program such as `chroma 0.5.13`.
 *
 * @param generation of one without a version (`latest`, a digest alone, a user's own build), where it is
 *   known; else it counts as today's
 */
export function describeImage(
  image: string | undefined,
  generation: Generation = 'rust',
): Capabilities {
  // A tag may be pinned: `0.6.3@sha256:…`.
  const [tagged = ''] = (image ?? '').split('@');
  const version = /(?::v?|^chroma )(\d+\.\d+\.\d+)[^:/]*$/.exec(tagged)?.[1];
  if (version === undefined && generation === 'python') return SOME_PYTHON;
  return describeVersion(version);
}

/** The traits of a version such as `0.5.13`; undefined means today's line. */
export function describeVersion(version: string | undefined): Capabilities {
  const [major = 1, minor = 0, patch = 0] = (version ?? '1.0.0').split('.').map(Number);
  const known = version === undefined ? {} : { version };
  if (major >= 1) {
    return {
      ...known,
      generation: 'rust',
      ownTls: false,
      hasEntryPoint: true,
      ownAuthentication: false,
      heartbeatPath: '/api/v2/heartbeat',
      dataPath: '/data',
    };
  }
  const hasEntryPoint = minor > 4 || (minor === 4 && patch >= 23);
  // The v2 API came with 0.5.16; 0.5.13 answers 404 on it.
  const hasV2 = minor > 5 || (minor === 5 && patch >= 16);
  return {
    ...known,
    generation: 'python',
    ownTls: true,
    hasEntryPoint,
    ownAuthentication: minor >= 5,
    heartbeatPath: hasV2 ? '/api/v2/heartbeat' : '/api/v1/heartbeat',
    dataPath: '/chroma/chroma',
  };
}

/** What all versions of the Python line have; their own authentication is not among it. */
const SOME_PYTHON: Capabilities = {
  generation: 'python',
  ownTls: true,
  hasEntryPoint: true,
  ownAuthentication: false,
  heartbeatPath: '/api/v1/heartbeat',
  dataPath: '/chroma/chroma',
};

/** Below 0 where the first of two versions such as `0.5.13` is the older one. Pure. */
export function compareVersions(one: string, other: string): number {
  const others = other.split('.').map(Number);
  return (
    one
      .split('.')
      .map((part, at) => Number(part) - (others[at] ?? 0))
      .find((difference) => difference !== 0) ?? 0
  );
}
