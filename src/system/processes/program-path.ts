import { access, constants, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';

/**
 * Where programs lie that a desktop-launched VS Code does not see: macOS gives it no shell PATH,
 * so Docker Desktop, Homebrew, Rancher, OrbStack and uv would all be "not found".
 */
const USUAL_PLACES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: [
    '/usr/local/bin',
    '/opt/homebrew/bin',
    '/Applications/Docker.app/Contents/Resources/bin',
    '~/.docker/bin',
    '~/.rd/bin',
    '~/.orbstack/bin',
    '~/.local/bin',
  ],
  linux: ['/usr/local/bin', '/usr/bin', '/bin', '/snap/bin', '~/.local/bin', '~/bin'],
  win32: [
    '%ProgramFiles%\\Docker\\Docker\\resources\\bin',
    '%ProgramFiles%\\RedHat\\Podman',
    '%USERPROFILE%\\.local\\bin',
    '%ProgramFiles%\\OpenSSL-Win64\\bin',
    // Git brings an OpenSSL along; last, because it brings much else too.
    '%ProgramFiles%\\Git\\usr\\bin',
  ],
};

/**
 * The absolute path of a program, from PATH and then the usual places; undefined when there is
 * none. Relative entries of PATH are passed over: a workspace must not supply our programs.
 */
export async function findProgram(
  program: string,
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  const suffixes = platform === 'win32' ? ['.exe', '.cmd', '.bat', ''] : [''];
  const expanded = program.startsWith('~/') ? join(homedir(), program.slice(2)) : program;
  if (isAbsolute(expanded)) return (await isExecutable(expanded)) ? expanded : undefined;
  if (/[\\/]/.test(expanded)) return undefined;
  for (const folder of searchPath(environment, platform)) {
    for (const suffix of suffixes) {
      const candidate = join(folder, program + suffix);
      if (await isExecutable(candidate)) return candidate;
    }
  }
  return undefined;
}

/**
 * The variable of an environment that names where programs lie, with a folder more: the last, so
 * that no other program is found than before. Pure.
 */
export function withFolder(
  folder: string,
  environment: NodeJS.ProcessEnv = process.env,
): Readonly<Record<string, string>> {
  // Windows writes it `Path`, and a second one in capitals must not be added.
  const name = Object.keys(environment).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  const folders = (environment[name] ?? '').split(delimiter).filter((entry) => entry !== '');
  return { [name]: [...new Set([...folders, folder])].join(delimiter) };
}

/** Whether a shell would find a program by its name: its folder is on PATH. Pure. */
export function isOnPath(path: string, environment: NodeJS.ProcessEnv = process.env): boolean {
  return pathFolders(environment).includes(dirname(path));
}

function pathFolders(environment: NodeJS.ProcessEnv): readonly string[] {
  return (environment['PATH'] ?? environment['Path'] ?? '').split(delimiter);
}

/** The folders programs are looked for in, in order. Pure. */
function searchPath(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly string[] {
  const fromPath = pathFolders(environment);
  const usual = (USUAL_PLACES[platform] ?? []).map((location) =>
    location
      .replace(/^~/, homedir())
      .replace(/%(\w+)%/g, (_, name: string) => environment[name] ?? ''),
  );
  return [...new Set([...fromPath, ...usual])].filter((folder) => isAbsolute(folder));
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
