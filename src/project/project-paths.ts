import type { Settings } from './settings.ts';
import { resolveInWorkspace } from './workspace-path.ts';

/** Where the files of one project lie: absolute paths, all inside the workspace. */
export interface ProjectPaths {
  readonly certificatesFolder: string;
  readonly envFile: string;
}

/** Resolves the paths that the settings name. @throws ExplainedError `outside-workspace` */
export async function locateProject(
  workspace: string,
  settings: Pick<Settings, 'certificatesFolder' | 'envFile'>,
): Promise<ProjectPaths> {
  const [certificatesFolder, envFile] = await Promise.all([
    resolveInWorkspace(workspace, settings.certificatesFolder),
    resolveInWorkspace(workspace, settings.envFile),
  ]);
  return { certificatesFolder, envFile };
}
