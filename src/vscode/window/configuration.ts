import { ConfigurationTarget, workspace, type WorkspaceFolder } from 'vscode';
import {
  listChosen,
  readSettings,
  SETTING_KEYS,
  settingNames,
  type Settings,
} from '../../project/settings.ts';

export const SECTION = 'chromaTls';

/**
 * The settings as they hold for one folder.
 *
 * @throws ExplainedError `invalid-setting`
 */
export function readConfiguration(folder: WorkspaceFolder): Settings {
  const configuration = workspace.getConfiguration(SECTION, folder.uri);
  const raw: Partial<Record<keyof Settings, unknown>> = {};
  for (const key of settingNames()) raw[key] = configuration.get<unknown>(SETTING_KEYS[key]);
  return readSettings(raw);
}

/** Which settings stand in a settings.json, the user's or the workspace's. */
export function readChosen(folder: WorkspaceFolder): ReadonlySet<keyof Settings> {
  const configuration = workspace.getConfiguration(SECTION, folder.uri);
  const raw: Partial<Record<keyof Settings, unknown>> = {};
  for (const name of settingNames()) {
    const { globalValue, workspaceValue, workspaceFolderValue } =
      configuration.inspect<unknown>(SETTING_KEYS[name]) ?? {};
    raw[name] = workspaceFolderValue ?? workspaceValue ?? globalValue;
  }
  return listChosen(raw);
}

/** Makes a value the setting of this folder, or of the workspace where that is the same. */
export async function writeSetting<Key extends keyof Settings>(
  folder: WorkspaceFolder,
  key: Key,
  value: Settings[Key],
): Promise<void> {
  const several = (workspace.workspaceFolders ?? []).length > 1;
  await workspace
    .getConfiguration(SECTION, folder.uri)
    .update(
      SETTING_KEYS[key],
      value,
      several ? ConfigurationTarget.WorkspaceFolder : ConfigurationTarget.Workspace,
    );
}
