import { join } from 'node:path';
import * as v from 'valibot';
import { workspaceDataFolder } from '../../../project/data-folder.ts';
import { readRecord, writeRecord } from '../../../project/data-record.ts';

const RECORD = v.object({
  arn: v.string(),
  region: v.string(),
  profile: v.optional(v.string()),
  endpoint: v.optional(v.string()),
  /** Fingerprint (`AA:BB:…`) of the certificate that AWS has under this ARN. */
  fingerprint256: v.string(),
  /** Where that one came from, by the kinds of `RenewalSource`. */
  kind: v.optional(v.string()),
});

/** Where in AWS a workspace's certificate was imported, so that its successor goes there too. */
export type AcmImportRecord = v.InferOutput<typeof RECORD>;

/** @throws ExplainedError `data-folder-not-usable` */
export async function readImportRecord(workspace: string): Promise<AcmImportRecord | undefined> {
  return readRecord(recordFile(workspace), RECORD);
}

/** @throws ExplainedError `data-folder-not-usable` */
export async function writeImportRecord(workspace: string, record: AcmImportRecord): Promise<void> {
  await writeRecord(recordFile(workspace), record);
}

/** In the user's own data: no repository can say where a key is sent. */
function recordFile(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'acm-import.json');
}
