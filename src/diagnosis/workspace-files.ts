import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of the workspace that may connect to Chroma, or says which client does. */
export interface WorkspaceFile {
  /** Relative to the workspace, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** How much is looked at: a workspace may be as large as a disk. */
const MOST_FILES = 1500;
const MOST_FOLDERS = 800;
const DEEPEST = 8;
/** Bytes of a file; longer ones are made by programs. */
const MOST_BYTES = 256 * 1024;
/** Bytes of all files, which are held at the same time. */
const MOST_BYTES_IN_ALL = 20 * 1024 * 1024;
/** Milliseconds. */
const TIME = 1500;

const READ =
  /(\.(py|ipynb|js|mjs|cjs|ts|mts|cts|tsx|jsx|go|rs|sh|env|ya?ml|toml|json)|^\.env[\w.-]*|^Dockerfile[\w.-]*|^requirements[\w.-]*\.txt|^(uv|poetry)\.lock)$/i;
/** Made by programs, or brought by package managers. */
const LEFT_OUT =
  /^(node_modules|venv|env|virtualenv|site-packages|__pycache__|dist|build|out|target|vendor|coverage)$|^\.(?!devcontainer$|vscode$|github$|circleci$)|^package-lock\.json$/;

/**
 * Reads the source and configuration files of a workspace: so many, so long, and no link is followed.
 *
 * @throws AbortError when the signal fires
 */
export async function readWorkspaceFiles(
  workspace: string,
  signal: AbortSignal,
): Promise<readonly WorkspaceFile[]> {
  const end = performance.now() + TIME;
  const files: WorkspaceFile[] = [];
  let folders: readonly string[] = [''];
  let seen = 0;
  let bytes = 0;
  for (let depth = 0; depth < DEEPEST && folders.length > 0; depth += 1) {
    const below: string[] = [];
    for (const folder of folders) {
      signal.throwIfAborted();
      if (performance.now() > end || seen >= MOST_FOLDERS) return files;
      seen += 1;
      const entries = await readdir(join(workspace, folder), { withFileTypes: true }).catch(
        () => [],
      );
      for (const entry of entries) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        // A link is neither: it may lead out of the workspace, or in a circle.
        if (entry.isDirectory()) {
          if (!LEFT_OUT.test(entry.name)) below.push(path);
        } else if (entry.isFile() && READ.test(entry.name) && !isLeftOut(entry.name)) {
          const text = await readStart(join(workspace, path));
          if (text === undefined) continue;
          files.push({ path, text });
          bytes += text.length;
          const isEnough = files.length >= MOST_FILES || bytes >= MOST_BYTES_IN_ALL;
          if (isEnough || performance.now() > end) return files;
        }
      }
    }
    folders = below;
  }
  return files;
}

function isLeftOut(name: string): boolean {
  return !name.startsWith('.env') && LEFT_OUT.test(name);
}

async function readStart(file: string): Promise<string | undefined> {
  const handle = await open(file).catch(() => undefined);
  if (!handle) return undefined;
  try {
    const { size } = await handle.stat();
    return size > MOST_BYTES ? undefined : await handle.readFile('utf8');
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}
