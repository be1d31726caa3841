import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CertificateName } from '../../project/certificate-name.ts';
import { parseServerName } from '../../project/domain.ts';
import type { CertificateSettings } from '../../project/settings.ts';
import { readExistingFile, type ExistingFile } from './files-and-links.ts';
import type { PemFiles } from '../issue/new-files.ts';
import {
  CONFIG_FILE,
  isOwnConfig,
  renderConfig,
  renderCookbookConfig,
} from '../issuers/openssl-config.ts';

/** The text of the workspace's `openssl.cnf` for a kind of certificate. */
export function renderWorkspaceConfig(
  { kind, keyType, domain }: Pick<CertificateSettings, 'kind' | 'keyType'> & { domain: string },
  names: readonly CertificateName[],
): string {
  return kind === 'seed'
    ? renderCookbookConfig(parseServerName(domain))
    : renderConfig({ kind, names, keyType });
}

/** What becomes of the file, and what is lost by it unless it is kept. */
interface ConfigChange {
  readonly fresh: NonNullable<PemFiles['config']>;
  readonly existing: readonly ExistingFile[];
}

/**
 * What has to be done about `openssl.cnf` in the workspace: nothing where it says the same already;
 * otherwise what to write, and what that replaces. The built-in engine needs none, so one that an
 * engine before it left goes; a user's own stays.
 *
 * @throws ExplainedError `outside-workspace`, `certs-not-readable`; neither with the built-in engine
 */
export async function planConfigFile(
  { workspace, engine }: Pick<CertificateSettings, 'engine'> & { workspace: string },
  render: () => string,
): Promise<ConfigChange | undefined> {
  const path = join(workspace, CONFIG_FILE);
  if (engine === 'builtin') return removeOwnConfig(workspace, path);
  const content = render();
  const existing = await readExistingFile(workspace, path);
  if (existing?.content.toString() === content) return undefined;
  return { fresh: { path, content }, existing: existing ? [existing] : [] };
}

/** A link, or what cannot be read, was not written by us. */
async function removeOwnConfig(workspace: string, path: string): Promise<ConfigChange | undefined> {
  if (!(await lstat(path).catch(() => undefined))?.isFile()) return undefined;
  const existing = await readExistingFile(workspace, path).catch(() => undefined);
  if (!existing || !isOwnConfig(existing.content.toString())) return undefined;
  return { fresh: { path, content: undefined }, existing: [existing] };
}
