import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemCode } from '../system/errors.ts';

/** The file of a workspace's data folder that says which folder it belongs to. */
export const LOCATION = 'place';

/** A folder as it was when it was last noted. */
interface Location {
  /** Its real path, folded where case tells nothing apart. */
  readonly path: string;
  /**
   * How its disk knows it: a number and the time at which it was made. A folder keeps both when it is
   * renamed, and no copy has them. Undefined where the disk does not tell.
   */
  readonly folder?: string;
}

/** The workspace that a folder was noted for. */
interface KnownLocation extends Location {
  readonly id: string;
}

/**
 * The name for a workspace's data, containers, volumes and secrets: 16 hex digits. A renamed folder
 * keeps it. No file in a folder decides it, because a copy has the same files.
 *
 * @param all absolute path of the folder with the data folders of all workspaces
 */
export function findIdentity(all: string, workspace: string): string {
  const { path, folder } = locate(workspace);
  const usual = nameFor(path, 0);
  const noted = readLocation(join(all, usual, LOCATION));
  // Few folders were ever renamed, and a user may have hundreds: the others are read only for such a one.
  if (folder !== undefined && noted?.folder === folder && noted.path === path) return usual;
  const known = readLocations(all);
  const own =
    known.find((location) => folder === location.folder && !hasMoved(location, path)) ??
    // Another folder at the same path, such as a repository that was cloned again.
    known.find((location) => location.path === path);
  if (own) return own.id;
  // The first name that no folder has which was at this path before.
  for (let turn = 0; ; turn += 1) {
    const id = nameFor(path, turn);
    if (!known.some((location) => location.id === id)) return id;
  }
}

/** The text of a workspace's location, as it is now. */
export function describeLocation(workspace: string): string {
  return JSON.stringify(locate(workspace));
}

function locate(workspace: string): Location {
  const path = realPathIfThere(workspace);
  const facts = statSync(path, { bigint: true, throwIfNoEntry: false });
  // Without the time the number says little: the disk reuses it once a folder is gone.
  if (!facts || facts.ino === 0n || facts.birthtimeNs === 0n) return { path };
  return { path, folder: `${facts.ino}-${facts.birthtimeNs}` };
}

/** Every workspace that was noted. @param all absolute path of the folder with their data folders */
export function readLocations(all: string): readonly KnownLocation[] {
  return listFolders(all).flatMap((id) => {
    const location = readLocation(join(all, id, LOCATION));
    return location ? [{ id, ...location }] : [];
  });
}

function listFolders(all: string): readonly string[] {
  try {
    return readdirSync(all);
  } catch {
    // None yet, or none that we may see, which a later write there will say.
    return [];
  }
}

/**
 * A damaged note counts as none. It is checked by hand, because every window of VS Code does this when
 * it opens, and a library for it would be half of what is read then.
 */
function readLocation(file: string): Location | undefined {
  try {
    const told: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof told !== 'object' || told === null) return undefined;
    if (!('path' in told) || typeof told.path !== 'string') return undefined;
    if (!('folder' in told)) return { path: told.path };
    return typeof told.folder === 'string' ? { path: told.path, folder: told.folder } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether the folder at a location is not the one at a path, such as the original of a disk's
 * snapshot. What cannot be looked at may be there.
 */
function hasMoved(location: Location, path: string): boolean {
  if (location.folder === undefined) return true;
  try {
    return fold(realpathSync.native(location.path)) !== path;
  } catch (error) {
    return systemCode(error) !== 'ENOENT';
  }
}

function nameFor(path: string, turn: number): string {
  const text = turn === 0 ? path : `${path}\0${turn}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function realPathIfThere(path: string): string {
  try {
    return fold(realpathSync.native(path));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return fold(resolve(path));
    throw error;
  }
}

/** To lower case on Windows; macOS gives the true case back. */
function fold(path: string): string {
  return process.platform === 'win32' ? path.toLowerCase() : path;
}
