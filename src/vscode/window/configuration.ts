import { ConfigurationTarget, workspace, type WorkspaceFolder } from 'vscode';
import { listChosen, readSettings, settingNames, type Settings } from '../../project/settings.ts';
import { SETTING_KEYS } from '../../project/setting-keys.ts';

export const SECTION = 'chromaTls';

/**
 * Reads the settings of one folder.
 *
 * @throws ExplainedError `invalid-setting`
 */
export function readConfiguration(folder: WorkspaceFolder): Settings {
  const configuration = workspace.getConfiguration(SECTION, folder.uri);
  const raw: Partial<Record<keyof Settings, unknown>> = {};
  for (const key of settingNames()) raw[key] = configuration.get<unknown>(SETTING_KEYS[key]);
  return readSettings(raw);
}

/** Which settings are set in a settings.json, the user's or the workspace's. */
export function readChosenSettings(folder: WorkspaceFolder): ReadonlySet<keyof Settings> {
  const configuration = workspace.getConfiguration(SECTION, folder.uri);
  const raw: Partial<Record<keyof Settings, unknown>> = {};
  for (const name of settingNames()) {
    const { globalValue, workspaceValue, workspaceFolderValue } =
      configuration.inspect<unknown>(SETTING_KEYS[name]) ?? {};
    raw[name] = workspaceFolderValue ?? workspaceValue ?? globalValue;
  }
  return listChosen(raw);
}

/** Sets a value for this folder, or for the workspace if it has only this folder. */
export async function writeSetting<Key extends keyof Settings>(
  folder: WorkspaceFolder,
  key: Key,
  value: Settings[Key],
): Promise<void> {
  const { Workspace, WorkspaceFolder } = ConfigurationTarget;
  const target = (workspace.workspaceFolders ?? []).length > 1 ? WorkspaceFolder : Workspace;
  const configuration = workspace.getConfiguration(SECTION, folder.uri);
  await configuration.update(SETTING_KEYS[key], value, target);
}
