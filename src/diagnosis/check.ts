import type { Answer } from '../chroma/health/heartbeat-request.ts';
import type { Availability } from '../containers/availability.ts';
import type { Server } from '../chroma/server/server.ts';
import type { Snapshot } from '../chroma/status/snapshot.ts';
import type { Settings } from '../project/settings.ts';
import type { Problem } from '../system/errors.ts';
import type { ClientVersion } from './client-version.ts';
import type { WorkspaceFile } from './workspace-files.ts';

export const CHECK_IDS = [
  'project',
  'engine',
  'image',
  'port',
  'server',
  'name',
  'certificate',
  'key',
  'handshake',
  'heartbeat',
  'clock',
  'trust',
  'client',
  'advisories',
  'code',
  'containers',
] as const;
export type CheckId = (typeof CHECK_IDS)[number];

/** What one check has found. */
export type Finding =
  | { readonly kind: 'well'; readonly seen: string }
  /** There was nothing to look at; why, as a sentence. */
  | { readonly kind: 'skipped'; readonly why: string }
  /** The worst problem comes first. */
  | { readonly kind: 'broken'; readonly problems: readonly [Problem, ...Problem[]] };

/** One verified request as a client sends it. */
export type Visit =
  | { readonly ok: true; readonly answer: Answer; readonly path: string; readonly sentAt: number }
  | { readonly ok: false; readonly problem: Problem; readonly opensslName?: string };

/** What is looked at. What takes time is asked once, and all checks wait for the same answer. */
export interface Subject {
  readonly workspace: string;
  readonly certificatesFolder: string;
  readonly domain: string;
  readonly settings: Settings;
  readonly server: Server;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970, by this machine's clock. */
  readonly now: () => number;
  /** The source and configuration files of the workspace, as far as they are looked at. */
  readonly files: Promise<readonly WorkspaceFile[]>;
  /** The clients of the workspace. */
  readonly clients: Promise<readonly ClientVersion[]>;
  /** Of the container engine; undefined where the settings need none. */
  readonly engine: Promise<Availability | undefined>;
  /** What the files and the runtimes say. */
  readonly seen: Promise<Snapshot>;
  /** The same with a heartbeat, where a server runs. */
  readonly heard: Promise<Snapshot>;
  /** Undefined where no server runs. */
  readonly visit: Promise<Visit | undefined>;
}

/** One thing that can be wrong between a client and its server. A check only reads. */
export interface Check {
  readonly id: CheckId;
  /** The checks whose faults bring this one's with them: those are named, and this one is not. */
  readonly after: readonly CheckId[];
  /** @throws anything: it becomes the check's problem */
  readonly look: (subject: Subject) => Promise<Finding>;
}

/** What a check that is well has seen. */
export function well(seen: string): Finding {
  return { kind: 'well', seen };
}

export function skipped(why: string): Finding {
  return { kind: 'skipped', why };
}

/** Broken where there is a problem, else well. */
export function judge(problems: readonly Problem[], seen: string): Finding {
  const [worst, ...more] = problems;
  return worst ? { kind: 'broken', problems: [worst, ...more] } : well(seen);
}

/** What is said where a check needs a server and none runs. */
export const NO_SERVER = skipped('No server runs for this folder.');
