import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../../system/processes/program-path.ts';
import { isAccessible } from '../../../system/files/replace-file.ts';
import { DATABASE_FILE, type NssDatabase } from './nss.ts';

/** Chromium's family by the names of its programs; all of them share the user's database. */
const CHROMIUM_PROGRAMS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'google-chrome-beta',
  'google-chrome-unstable',
  'brave-browser',
  'microsoft-edge',
  'microsoft-edge-stable',
  'vivaldi',
  'vivaldi-stable',
  'opera',
];

/** The homes that sandboxed browsers have instead of the user's, below it. */
const CHROMIUM_SANDBOXES = [
  'snap/chromium/current',
  'snap/brave/current',
  '.var/app/org.chromium.Chromium',
  '.var/app/io.github.ungoogled_software.ungoogled_chromium',
  '.var/app/com.google.Chrome',
  '.var/app/com.brave.Browser',
  '.var/app/com.microsoft.Edge',
  '.var/app/com.vivaldi.Vivaldi',
];

/** Where Firefox and its kin keep their profiles, below the user's home. */
const FIREFOX_FOLDERS = [
  '.mozilla/firefox',
  '.config/mozilla/firefox',
  'snap/firefox/common/.mozilla/firefox',
  '.var/app/org.mozilla.firefox/.mozilla/firefox',
  '.var/app/org.mozilla.firefox/config/mozilla/firefox',
  '.librewolf',
  '.var/app/io.gitlab.librewolf-community/.librewolf',
];

/** Where a home may have Chromium's database: the old places, and today's. */
const CHROMIUM_DATABASES = ['.pki/nssdb', '.local/share/pki/nssdb', 'data/pki/nssdb'];

/**
 * The certificate databases of the browsers of a user. On Linux only: elsewhere browsers go by
 * the system's store.
 */
export async function findBrowserDatabases(
  home: string = homedir(),
  environment: NodeJS.ProcessEnv = process.env,
): Promise<readonly NssDatabase[]> {
  const found = await Promise.all([
    findChromiumDatabases(home, await hasChromium(environment), environment['XDG_DATA_HOME']),
    ...CHROMIUM_SANDBOXES.map(async (sandbox) => {
      const folder = join(home, sandbox);
      return findChromiumDatabases(folder, await isAccessible(folder), undefined);
    }),
    ...FIREFOX_FOLDERS.map((folder) => findFirefoxDatabases(join(home, folder))),
  ]);
  return found.flat();
}

/**
 * Chromium uses `.pki/nssdb` where that exists, and otherwise creates `pki/nssdb` in the data
 * folder (seen with version 156; older ones know the first only). We create `.pki/nssdb` only where
 * there is no database at all, so that Chromium never stops using an existing one.
 */
async function findChromiumDatabases(
  home: string,
  installed: boolean,
  dataHome: string | undefined,
): Promise<readonly NssDatabase[]> {
  const locations = [
    ...CHROMIUM_DATABASES.map((location) => join(home, location)),
    ...(dataHome ? [join(dataHome, 'pki', 'nssdb')] : []),
  ];
  const existing = await keepDatabases([...new Set(locations)]);
  const [fresh] = locations;
  const wanted: readonly NssDatabase[] =
    installed && existing.length === 0 && fresh !== undefined
      ? [{ browser: 'Chromium', folder: fresh, exists: false }]
      : [];
  return [
    ...wanted,
    ...existing.map((folder) => ({ browser: 'Chromium', folder, exists: true }) as const),
  ];
}

async function findFirefoxDatabases(folder: string): Promise<readonly NssDatabase[]> {
  const names = await readdir(folder).catch(() => []);
  const profiles = await keepDatabases(names.map((name) => join(folder, name)));
  return profiles.map((profile) => ({ browser: 'Firefox', folder: profile, exists: true }));
}

async function keepDatabases(folders: readonly string[]): Promise<readonly string[]> {
  const checked = await Promise.all(
    folders.map(async (folder) => ({
      folder,
      isOne: await isAccessible(join(folder, DATABASE_FILE)),
    })),
  );
  return checked.filter(({ isOne }) => isOne).map(({ folder }) => folder);
}

async function hasChromium(environment: NodeJS.ProcessEnv): Promise<boolean> {
  const found = await Promise.all(
    CHROMIUM_PROGRAMS.map((program) => findProgram(program, environment)),
  );
  // A snap's program is on the PATH, but its database is in the snap's own home.
  return found.some((program) => program !== undefined && !program.startsWith('/snap/'));
}
