import { constants } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { dataFolder } from '../../../project/data-folder.ts';
import { isAccessible } from '../../../system/files/replace-file.ts';

/** Where certbot keeps what it has. */
export interface CertbotFolders {
  /** Absolute path: accounts, `live`, `renewal`, hooks. */
  readonly config: string;
  /**
   * Whether these are the machine's, which certbot takes by itself and its timer renews. With others
   * it is told, and nothing renews them but us.
   */
  readonly isMachine: boolean;
}

/** Where certbot keeps everything unless it is told otherwise. */
export const MACHINE_FOLDER = '/etc/letsencrypt';

/**
 * The machine's folders where this user may write them, which is where every other tool looks; else
 * ones of the user's own, shared by all their workspaces, as an account is.
 *
 * @param named absolute path of another one that a user has named
 */
export async function chooseFolders(named: string | undefined): Promise<CertbotFolders> {
  if (named !== undefined) return toFolders(named);
  return toFolders((await mayWriteMachine()) ? MACHINE_FOLDER : ownFolder());
}

/** Every folder that may have lineages. @param named the only one, where a user has named it */
export function listFolders(named: string | undefined): readonly CertbotFolders[] {
  return (named === undefined ? [MACHINE_FOLDER, ownFolder()] : [named]).map(toFolders);
}

/** The folders of a lineage. @param live absolute path of the folder of its links */
export function foldersOf(live: string): CertbotFolders {
  return toFolders(dirname(dirname(live)));
}

/** Whether nothing of certbot's own renews what is there, because only we know of it. */
export function isOwn({ config }: CertbotFolders): boolean {
  return config === ownFolder() || config.startsWith(ownFolder() + sep);
}

/** The options that say so; none for the machine's. Pure. */
export function folderOptions({ config, isMachine }: CertbotFolders): readonly string[] {
  if (isMachine) return [];
  return [
    ...['--config-dir', config],
    ...['--work-dir', join(config, 'work')],
    ...['--logs-dir', join(config, 'logs')],
  ];
}

function toFolders(config: string): CertbotFolders {
  return { config, isMachine: config === MACHINE_FOLDER };
}

function ownFolder(): string {
  return join(dataFolder(), 'certbot');
}

async function mayWriteMachine(): Promise<boolean> {
  if (process.getuid?.() === 0) return true;
  const folders = [MACHINE_FOLDER, '/var/lib/letsencrypt', '/var/log/letsencrypt'];
  const allowed = await Promise.all(folders.map((path) => isAccessible(path, constants.W_OK)));
  return allowed.every(Boolean);
}
