import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { explainUnusable, workspaceDataFolder } from '../../../project/data-folder.ts';
import { KEY_TYPES } from '../../../project/settings.ts';
import type { LockOptions } from '../../../system/files/file-lock.ts';
import { holdDataLock } from '../../../project/data-lock.ts';
import { readRecord, writeRecord } from '../../../project/data-record.ts';

/** An order that is under way, as it has to be known after a crash. */
const ORDER_RECORD = v.object({
  /** URL of the directory. */
  directory: v.string(),
  /** URL of the account that made it: no other one may read it. */
  account: v.string(),
  /** Sorted. */
  names: v.array(v.string()),
  profile: v.optional(v.string()),
  keyType: v.picklist(KEY_TYPES),
  /** The certificate's own key, PKCS#8 in PEM, open. */
  key: v.string(),
  /** Where the order is; without it, the server had not answered yet. */
  url: v.optional(v.string()),
  /** Whether the authority may have the certificate request: the key must not change any more. */
  isFinalised: v.boolean(),
  /** The chain in PEM once it was downloaded, the leaf first, and its alternatives. */
  chains: v.optional(v.array(v.string())),
});
export type OrderRecord = v.InferOutput<typeof ORDER_RECORD>;

/** What an order is for. */
export type OrderSubject = Pick<OrderRecord, 'directory' | 'account' | 'names' | 'profile'>;

/**
 * The order of a workspace that was broken off, where it is for the same; another one is none.
 *
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function readOrder(
  workspace: string,
  subject: OrderSubject,
): Promise<OrderRecord | undefined> {
  const record = await readRecord(orderFile(workspace), ORDER_RECORD);
  return record !== undefined && isForSame(record, subject) ? record : undefined;
}

/** @throws ExplainedError `data-folder-not-usable` */
export async function writeOrder(workspace: string, record: OrderRecord): Promise<void> {
  await writeRecord(orderFile(workspace), record);
}

/** @throws ExplainedError `data-folder-not-usable` */
export async function forgetOrder(workspace: string): Promise<void> {
  await explainUnusable(() => rm(orderFile(workspace), { force: true }));
}

/**
 * Runs a request that only one window or terminal may make for a workspace at a time. A second one
 * does not wait: it would spend the authority's limits on the same certificate once more.
 *
 * @throws ExplainedError `request-busy`, `data-folder-not-usable`
 */
export async function holdOrder<T>(workspace: string, work: () => Promise<T>): Promise<T> {
  const options: LockOptions = {
    doing: 'requesting a certificate',
    patience: 0,
    explain: ({ pid }) => ({
      code: 'request-busy',
      what: 'Another window or terminal requests a certificate for this workspace.',
      why: `It is process ${pid}.`,
      next: 'Wait for it, or cancel it there, then try again.',
    }),
  };
  return holdDataLock(join(workspaceDataFolder(workspace), 'acme-order.lock'), options, work);
}

/** Whether an order gives what is asked for, so that no other one has to be made. Pure. */
function isForSame(record: OrderSubject, subject: OrderSubject): boolean {
  return (
    record.directory === subject.directory &&
    record.account === subject.account &&
    record.profile === subject.profile &&
    record.names.toSorted().join(' ') === subject.names.toSorted().join(' ')
  );
}

/** Beside the authority's key: a stolen workspace folder has no key of an order. */
function orderFile(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'acme-order.json');
}
