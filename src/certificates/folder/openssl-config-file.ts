import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { OPENSSL_CONFIG } from '../../project/certificate-files.ts';
import type { CertificateSettings } from '../../project/settings.ts';
import type { ConfigRequest } from '../issuers/openssl-config.ts';
import { readExistingFile } from './files-and-links.ts';
import type { ConfigChange } from './replace-files.ts';

/**
 * What has to be done about `openssl.cnf` in the workspace; undefined for nothing. The built-in issuer
 * needs none, so one of ours is removed; a user's own stays.
 *
 * @throws ExplainedError `outside-workspace`, `certs-not-readable`; neither with the built-in issuer
 */
export async function planConfigFile({
  workspace,
  engine,
  ...request
}: ConfigRequest & Pick<CertificateSettings, 'engine'> & { readonly workspace: string }): Promise<
  ConfigChange | undefined
> {
  const path = join(workspace, OPENSSL_CONFIG);
  if (engine === 'builtin') return planRemoval(workspace, path);
  const { renderConfig } = await import('../issuers/openssl-config.ts');
  const content = renderConfig(request);
  const existing = await readExistingFile(workspace, path);
  return existing?.content.toString() === content ? undefined : { path, content, existing };
}

/** Only a file that we wrote: never a link, nor a file that cannot be read. */
async function planRemoval(workspace: string, path: string): Promise<ConfigChange | undefined> {
  if (!(await lstat(path).catch(() => undefined))?.isFile()) return undefined;
  const existing = await readExistingFile(workspace, path).catch(() => undefined);
  if (!existing) return undefined;
  // Loaded only where there is such a file.
  const { isOwnConfig } = await import('../issuers/openssl-config.ts');
  return isOwnConfig(existing.content.toString())
    ? { path, content: undefined, existing }
    : undefined;
}
