import { join } from 'node:path';
import * as v from 'valibot';
import {
  explainUnusable,
  makePrivateFolder,
  workspaceDataFolder,
} from '../../../project/data-folder.ts';
import { readIfThere, replaceFile } from '../../../system/files/replace-file.ts';
import { readJson } from '../../../system/json.ts';

const REHEARSALS = v.object({ names: v.array(v.string()) });

/**
 * Notes that names were proved to an authority for trying.
 *
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function noteRehearsal(workspace: string, names: readonly string[]): Promise<void> {
  const known = await readRehearsed(workspace);
  await explainUnusable(async () => {
    await makePrivateFolder(workspaceDataFolder(workspace));
    const text = JSON.stringify({ names: [...new Set([...known, ...names])] });
    await replaceFile(rehearsalsFile(workspace), text, 0o600);
  });
}

/** The names that were proved to an authority for trying. @throws as `noteRehearsal` does */
export async function readRehearsed(workspace: string): Promise<readonly string[]> {
  const text = await explainUnusable(() => readIfThere(rehearsalsFile(workspace)));
  return (text === undefined ? undefined : readJson(REHEARSALS, text)?.names) ?? [];
}

function rehearsalsFile(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'acme-rehearsals.json');
}
