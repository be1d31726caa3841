import { findBrowserDatabases } from './browsers.ts';
import { findJavaHomes, javaStore } from './java.ts';
import { keychainStore } from './keychain.ts';
import { anchorStore, findAnchorSystem } from './linux-system.ts';
import { nssStore } from './nss.ts';
import type { TrustStore } from './store.ts';
import { windowsStore } from './windows-root.ts';

/**
 * The stores of this machine that programs of this user go by, the system's first: on Debian a
 * change of it changes Java's too.
 */
export async function findStores(
  platform: NodeJS.Platform = process.platform,
): Promise<readonly TrustStore[]> {
  const java = (await findJavaHomes()).map(javaStore);
  switch (platform) {
    case 'darwin':
      return [keychainStore(), ...java];
    case 'win32':
      return [windowsStore(process.env['SystemRoot'] ?? 'C:\\Windows'), ...java];
    default: {
      const system = await findAnchorSystem();
      const databases = await findBrowserDatabases();
      return [
        ...(system ? [anchorStore(system)] : []),
        ...databases.map((database) => nssStore(database, system?.installNssTools)),
        ...java,
      ];
    }
  }
}
