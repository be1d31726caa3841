import { join } from 'node:path';
import type { CertificateName } from '../../project/certificate-name.ts';
import { parseServerName } from '../../project/domain.ts';
import type { CertificateSettings } from '../../project/settings.ts';
import { readExistingFile, type ExistingFile } from '../existing-pair.ts';
import type { FreshPair } from '../replace-pair.ts';
import { CONFIG_FILE, renderConfig, renderSeedConfig } from './openssl-config.ts';

/** The text of the workspace's `openssl.cnf` for a kind of certificate. */
export function renderWorkspaceConfig(
  { kind, keyType, domain }: Pick<CertificateSettings, 'kind' | 'keyType'> & { domain: string },
  names: readonly CertificateName[],
): string {
  return kind === 'seed'
    ? renderSeedConfig(parseServerName(domain))
    : renderConfig({ kind, names, keyType });
}

/**
 * What has to be done about `openssl.cnf` in the workspace: nothing for the built-in engine, or
 * where it says the same already; otherwise what to write, and what that replaces.
 *
 * @throws ExplainedError `outside-workspace`, `certs-not-readable`
 */
export async function compareConfig(
  { workspace, engine }: Pick<CertificateSettings, 'engine'> & { workspace: string },
  content: string,
): Promise<
  | { readonly fresh: NonNullable<FreshPair['config']>; readonly existing: readonly ExistingFile[] }
  | undefined
> {
  if (engine === 'builtin') return undefined;
  const path = join(workspace, CONFIG_FILE);
  const existing = await readExistingFile(workspace, path);
  if (existing?.content.toString() === content) return undefined;
  return { fresh: { path, content }, existing: existing ? [existing] : [] };
}
