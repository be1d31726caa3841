import type { X509Certificate } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../system/errors.ts';
import {
  workspaceDataFolder,
  explainUnusable,
  makePrivateFolder,
} from '../../project/data-folder.ts';
import { parseCertificates } from '../encoding/pem-certificates.ts';
import { keepFile, readIfThere } from '../../system/files/replace-file.ts';

/** An authority's certificate, and the file of ours that holds it. */
export interface KnownAuthority {
  readonly certificate: X509Certificate;
  /** Absolute path of its PEM, where no workspace can change it. */
  readonly file: string;
}

/**
 * Where a workspace's authority is from. `made`: here, so a store that holds it holds it for us.
 * `accepted`: from elsewhere, so others may have trusted it before. `added-to-…`: we added it to a store
 * without labels, which cannot tell that later.
 */
export type Origin = 'made' | 'accepted' | `added-to-${string}`;

/**
 * Keeps the certificate (never the key) of an authority, to find it in trust stores later: they cannot
 * say which of their certificates is a former one of ours. Call it under the lock.
 *
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function rememberAuthority(
  workspace: string,
  origin: Origin,
  certificate: X509Certificate,
): Promise<KnownAuthority> {
  const folder = authoritiesFolder(workspaceDataFolder(workspace), origin);
  const file = join(folder, fileName(certificate));
  await explainUnusable(async () => {
    await makePrivateFolder(folder);
    await keepFile(file, certificate.toString(), 0o644);
  });
  return { certificate, file };
}

/**
 * Keeps the authority of a ca.pem that is about to be replaced. A user may have trusted it, and nothing
 * else would lead to it.
 *
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function rememberReplaced(workspace: string, pem: string): Promise<void> {
  const [certificate] = parseCertificates(pem);
  if (!certificate?.ca) return;
  const folder = authoritiesFolder(workspaceDataFolder(workspace), 'made');
  const made = await readKnown(join(folder, fileName(certificate)));
  if (!made) await rememberAuthority(workspace, 'accepted', certificate);
}

/** The authorities of a workspace, present and former, without damaged ones. */
export async function listAuthorities(
  workspace: string,
  origin: Origin,
): Promise<readonly KnownAuthority[]> {
  const folder = authoritiesFolder(workspaceDataFolder(workspace), origin);
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  });
  const found = await Promise.all(
    names.filter((name) => name.endsWith('.pem')).map((name) => readKnown(join(folder, name))),
  );
  return found.filter((known) => known !== undefined);
}

/** Forgets an authority that no store holds any more. */
export async function forgetKnownAuthority({ file }: KnownAuthority): Promise<void> {
  await rm(file, { force: true });
}

async function readKnown(file: string): Promise<KnownAuthority | undefined> {
  const [certificate] = parseCertificates((await readIfThere(file)) ?? '');
  return certificate && { certificate, file };
}

/** Where a workspace's data folder has the authorities of an origin, each in a file. */
function authoritiesFolder(data: string, origin: Origin): string {
  return join(data, `authorities-${origin}`);
}

/** The name of an authority's file: its fingerprint. */
function fileName({ fingerprint256 }: X509Certificate): string {
  return `${fingerprint256.replaceAll(':', '').toLowerCase()}.pem`;
}
