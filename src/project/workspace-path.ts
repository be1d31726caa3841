import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { ExplainedError, systemCode } from '../system/errors.ts';

/**
 * The absolute path a setting means: `${workspaceFolder}` and `~` are expanded, anything else is
 * relative to the workspace folder. It must stay inside the workspace, links followed.
 *
 * @throws ExplainedError `outside-workspace`
 */
export async function resolveInWorkspace(workspace: string, setting: string): Promise<string> {
  const expanded = setting
    .replaceAll('${workspaceFolder}', workspace)
    .replace(/^~(?=$|[\\/])/, homedir());
  const path = resolve(workspace, expanded);
  const inside = relative(...(await Promise.all([realpath(workspace), resolveExisting(path)])));
  if (inside === '..' || inside.startsWith(join('..', '/')) || isAbsolute(inside)) {
    throw new ExplainedError({
      code: 'outside-workspace',
      what: `${setting} leads out of the workspace.`,
      why: `It is ${path}, and keys stay inside ${workspace}.`,
      next: 'Name a folder or file inside the workspace in the settings.',
      action: 'openSettings',
    });
  }
  return path;
}

/** The real path of a path whose last parts need not exist yet. */
async function resolveExisting(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    return join(await resolveExisting(dirname(path)), path.slice(dirname(path).length));
  }
}
