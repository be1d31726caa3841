import type { KeyPassphrase } from '../certificates/encoding/passphrase.ts';
import type { Server } from '../chroma/server/server.ts';
import { readDomain } from '../project/env-file.ts';
import { locateProject, type ProjectPaths } from '../project/project-paths.ts';
import type { Settings } from '../project/settings.ts';

/** What keeps the passphrase of a workspace's key. */
export interface PassphraseStore {
  readonly read: KeyPassphrase;
  keep(workspace: string, passphrase: string): Promise<void>;
  forget(workspace: string): Promise<void>;
}

/** Keeps what now opens the key; undefined where nothing needs to. */
export async function keepPassphrase(
  { workspace, passphrases }: Pick<WorkspaceParts, 'workspace' | 'passphrases'>,
  passphrase: string | undefined,
): Promise<void> {
  if (passphrase === undefined) await passphrases.forget(workspace);
  else await passphrases.keep(workspace, passphrase);
}

/** Where the parts of a workspace come from; a shell has them before anything is read. */
export interface WorkspaceParts {
  /** Absolute path of the folder. */
  readonly workspace: string;
  readonly settings: Settings;
  readonly passphrases: PassphraseStore;
  readonly server: Server;
}

/** One workspace as a use case works on it: paths, settings and domain, resolved once. */
export interface WorkspaceContext extends WorkspaceParts, ProjectPaths {
  /** `CHROMA_DOMAIN` as written, or as it will be. */
  readonly domain: string;
  /** Whether `domain` is to be written once there is a certificate for it. */
  readonly isDomainNew?: boolean;
}

/** @throws ExplainedError `outside-workspace`, `env-not-readable` */
export async function openWorkspace(parts: WorkspaceParts): Promise<WorkspaceContext> {
  const paths = await locateProject(parts.workspace, parts.settings);
  return { ...parts, ...paths, domain: await readDomain(paths.envFile) };
}
