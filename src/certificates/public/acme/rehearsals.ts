import { join } from 'node:path';
import * as v from 'valibot';
import { workspaceDataFolder } from '../../../project/data-folder.ts';
import { readRecord, writeRecord } from '../../../project/data-record.ts';

const REHEARSALS = v.object({ names: v.array(v.string()) });

/**
 * Notes that names were proved to an authority for trying.
 *
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function noteRehearsal(workspace: string, names: readonly string[]): Promise<void> {
  const known = await readRehearsed(workspace);
  await writeRecord(rehearsalsFile(workspace), { names: [...new Set([...known, ...names])] });
}

/** The names that were proved to an authority for trying. @throws as `noteRehearsal` does */
export async function readRehearsed(workspace: string): Promise<readonly string[]> {
  return (await readRecord(rehearsalsFile(workspace), REHEARSALS))?.names ?? [];
}

function rehearsalsFile(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'acme-rehearsals.json');
}
