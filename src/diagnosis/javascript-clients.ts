import { dirname, join } from 'node:path';
import { object, string } from 'valibot';
import { readSmallFile } from '../system/files/small-file.ts';
import { readJson } from '../system/json.ts';
import type { ClientVersion } from './client-version.ts';
import type { WorkspaceFile } from './workspace-files.ts';

/** Of how many packages it is looked what they have installed: a workspace may have hundreds. */
const MOST_PACKAGES = 20;
const NAMES = ['chromadb', 'chromadb-client'] as const;
const PINNED = /"chromadb(?:-client)?":\s*"=?(\d+\.\d+\.\d+)"/g;
/** The first form is of npm's lock files up to npm 6. */
const LOCKED = /"(?:node_modules\/)?chromadb(?:-client)?":\s*\{\s*"version":\s*"(\d+\.\d+\.\d+)/g;
const INSTALLED = object({ version: string() });

/**
 * The JavaScript clients of a workspace's packages: what is installed beside each `package.json`, else
 * what its lock file has, else what it pins. Nothing is run for it.
 */
export async function findJavaScriptClients(
  workspace: string,
  files: readonly WorkspaceFile[],
): Promise<readonly ClientVersion[]> {
  const packages = files.filter(({ path }) => /(^|\/)package\.json$/.test(path));
  const found = await Promise.all(
    packages.slice(0, MOST_PACKAGES).map((file) => findOfPackage(workspace, file)),
  );
  return found.flat();
}

async function findOfPackage(
  workspace: string,
  { path, text }: WorkspaceFile,
): Promise<readonly ClientVersion[]> {
  const beside = (name: string): string => {
    const folder = dirname(path);
    return folder === '.' ? name : `${folder}/${name}`;
  };
  // It is missing where nothing is installed; what is not a small file says nothing either.
  const read = (name: string): Promise<string> =>
    readSmallFile(join(workspace, name)).then(String, () => '');
  const clients = (from: string, versions: readonly (string | undefined)[]): ClientVersion[] =>
    versions.flatMap((version) =>
      version === undefined ? [] : [{ language: 'JavaScript', version, from }],
    );
  const modules = beside('node_modules');
  const versions = await Promise.all(
    NAMES.map(async (name) => {
      const facts = readJson(INSTALLED, await read(`${modules}/${name}/package.json`));
      return /^\d+\.\d+\.\d+/.exec(facts?.version ?? '')?.[0];
    }),
  );
  const installed = clients(modules, versions);
  if (installed.length > 0) return installed;
  const lock = beside('package-lock.json');
  const locked = clients(
    lock,
    [...(await read(lock)).matchAll(LOCKED)].map(([, version]) => version),
  );
  if (locked.length > 0) return locked;
  return clients(
    path,
    [...text.matchAll(PINNED)].map(([, version]) => version),
  );
}
