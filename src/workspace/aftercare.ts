import { listFormer } from '../certificates/trust/trust-state.ts';
import { adviseReload } from '../chroma/status/server-problems.ts';
import { isExternal } from '../chroma/status/snapshot.ts';
import type { WorkspaceContext } from './context.ts';
import { readStores } from './trust.ts';

/** What is left to the user once the folder has another certificate. */
export interface Aftercare {
  /** How to have the new certificate served, where the running server still serves the former. */
  readonly reload?: string;
  /** The stores that still trust a former authority, in a list; empty where none does. */
  readonly formerTrust: string;
}

/**
 * Has the running server reload the certificate that lies in the folder now.
 *
 * @param mayLoseTrust whether to ask the trust stores, which runs programs
 */
export async function takeCareOf(
  context: WorkspaceContext,
  mayLoseTrust: boolean,
): Promise<Aftercare> {
  const reload = await reloadServer(context);
  const formerTrust = mayLoseTrust ? listFormer(await readStores(context)) : '';
  return { formerTrust, ...(reload === undefined ? {} : { reload }) };
}

/** A server that is watched reloads by itself; its shell shows what it serves. */
async function reloadServer({ server }: WorkspaceContext): Promise<string | undefined> {
  await server.refreshProject();
  if (server.isWatching) return undefined;
  await server.observe();
  const isServed = await server.reloadCertificate();
  const { observation } = server.snapshot;
  if (isServed || observation.kind !== 'running' || isExternal(server.snapshot)) return undefined;
  return adviseReload(observation.server);
}
