import { compareVersions, describeVersion } from '../chroma/version.ts';

/** Chroma's client for a language, as a workspace has it or asks for it. */
export interface ClientVersion {
  /** Python's versions are the server's; JavaScript's are counted by themselves. */
  readonly language: 'Python' | 'JavaScript';
  readonly version: string;
  /** The file or the folder that says so, relative to the workspace. */
  readonly from: string;
}

/** Which of Chroma's APIs a client asks. Pure. */
export function apiOf({ language, version }: ClientVersion): 'v1' | 'v2' {
  if (language === 'JavaScript')
    return compareVersions(version, FIRST_SCRIPT_WITH_V2) < 0 ? 'v1' : 'v2';
  return describeVersion(version).heartbeatPath === '/api/v1/heartbeat' ? 'v1' : 'v2';
}

/** Of npm's chromadb; 1.9.2 asks v1, and this one v2. Both were seen doing so. */
const FIRST_SCRIPT_WITH_V2 = '1.9.3';
