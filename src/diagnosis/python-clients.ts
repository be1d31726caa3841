import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientVersion } from './client-version.ts';
import type { WorkspaceFile } from './workspace-files.ts';

const FILES = /(^|\/)(requirements[\w.-]*\.txt|pyproject\.toml|(uv|poetry)\.lock)$/;
const PINNED = /(?:^|[\s"'])chromadb(?:-client)?(?:\[[^\]\n]{0,80}\])?\s*==\s*(\d+\.\d+\.\d+)/gm;
const LOCKED = /name = "chromadb(?:-client)?"\s+version = "(\d+\.\d+\.\d+)"/g;
/** The folder that a package manager makes for what it installed. */
const INSTALLED = /^chromadb(?:_client)?-(\d+\.\d+\.\d+)[^/]*\.dist-info$/;

/**
 * The Python clients of a workspace: what is installed in its environment, else what its files pin.
 * Nothing is run for it.
 */
export async function findPythonClients(
  workspace: string,
  files: readonly WorkspaceFile[],
): Promise<readonly ClientVersion[]> {
  const installed = await findInstalled(workspace);
  return installed.length > 0 ? installed : files.flatMap(findPinned);
}

async function findInstalled(workspace: string): Promise<readonly ClientVersion[]> {
  const list = (folder: string): Promise<readonly string[]> =>
    readdir(join(workspace, folder)).catch(() => []);
  const found = await Promise.all(
    ['.venv', 'venv', 'env'].map(async (environment): Promise<readonly ClientVersion[]> => {
      const pythons = (await list(`${environment}/lib`)).filter((name) =>
        name.startsWith('python3'),
      );
      const places = [
        ...pythons.map((python) => `${environment}/lib/${python}/site-packages`),
        `${environment}/Lib/site-packages`,
      ];
      const names = await Promise.all(places.map(list));
      return names.flat().flatMap((name) => {
        const version = INSTALLED.exec(name)?.[1];
        return version === undefined ? [] : [{ language: 'Python', version, from: environment }];
      });
    }),
  );
  return found.flat();
}

function findPinned({ path, text }: WorkspaceFile): readonly ClientVersion[] {
  if (!FILES.test(path)) return [];
  const pattern = path.endsWith('.lock') ? LOCKED : PINNED;
  return [...text.matchAll(pattern)].flatMap(([, version]) =>
    version === undefined ? [] : [{ language: 'Python', version, from: path }],
  );
}
