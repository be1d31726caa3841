import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { array, nullable, object, string } from 'valibot';
import { isAccessible } from '../../../system/files/replace-file.ts';
import { findProgram } from '../../../system/processes/program-path.ts';
import { run } from '../../../system/processes/program.ts';
import { readJson } from '../../../system/json.ts';
import { describeVersion, type Generation } from '../../version.ts';

/** A Chroma on this machine. */
export interface Installation {
  readonly version: string;
  readonly generation: Generation;
  /** The Python it is installed in; undefined where only a program was found. */
  readonly python?: string;
  /** Its `chroma` program; none where it was installed without. */
  readonly chroma?: string;
  /** 1.x as a native module without a program: a private one. */
  readonly module?: NativeModule;
}

/** The native module that has the whole server in it, and what loads it. */
export interface NativeModule {
  readonly loader: 'python' | 'node';
  /** The Python or the Node.js that loads it. */
  readonly program: string;
  /** The file that it loads: the package's own in Python, the module itself in Node.js. */
  readonly file: string;
}

const EXE = process.platform === 'win32' ? '.exe' : '';

/** How long (ms) a program may take to say its version. */
const PATIENCE = 20_000;

/**
 * Asks a Python for its chromadb. It is constant and runs isolated (`-I`), so that nothing in the
 * working directory or the environment is imported. That leaves out the user's own packages too, so
 * they are put back where the interpreter has them.
 */
const QUESTION = `
import importlib.metadata, json, os, site, sys, sysconfig
if sys.prefix == sys.base_prefix: sys.path.append(site.getusersitepackages())
try: version = importlib.metadata.version("chromadb")
except importlib.metadata.PackageNotFoundError: version = None
folders = [sysconfig.get_path("scripts"), sysconfig.get_path("scripts", os.name + "_user")]
print(json.dumps({"version": version, "scripts": folders}))
`;

const ANSWER = object({ version: nullable(string()), scripts: array(string()) });

/** The Python of an environment folder: a virtual environment's, or conda's on Windows. */
export async function findPython(environment: string): Promise<string | undefined> {
  const locations =
    process.platform === 'win32'
      ? [join(environment, 'Scripts', 'python.exe'), join(environment, 'python.exe')]
      : [join(environment, 'bin', 'python')];
  return findFirst(locations);
}

/** The Chroma that a Python has; undefined where it has none, or is not a Python. */
export async function inspectPython(python: string): Promise<Installation | undefined> {
  const answer = await run({ program: python, args: ['-I', '-c', QUESTION] }, { timeout: PATIENCE })
    .then(({ stdout }) => readJson(ANSWER, stdout))
    .catch(() => undefined);
  if (!answer?.version) return undefined;
  const chroma = await findFirst(answer.scripts.map((folder) => join(folder, `chroma${EXE}`)));
  return { ...describe(answer.version), python, ...(chroma === undefined ? {} : { chroma }) };
}

/**
 * The Chroma behind a program, by its name on PATH or its path; undefined where there is none. Its
 * Python is asked if that can be found, because `chroma --version` of the package 1.5.9 says 1.4.4.
 */
export async function inspectProgram(
  program: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Installation | undefined> {
  const path = await findProgram(program, environment);
  if (path === undefined) return undefined;
  if (/^python[\d.]*(\.exe)?$/i.test(basename(path))) return inspectPython(path);
  const python = await findInterpreter(path);
  const installed = python === undefined ? undefined : await inspectPython(python);
  if (installed) return { ...installed, chroma: path };
  const said = await run({ program: path, args: ['--version'] }, { timeout: PATIENCE }).catch(
    () => undefined,
  );
  const version = /(\d+\.\d+\.\d+)/.exec(said?.stdout ?? '')?.[1];
  return version === undefined ? undefined : { ...describe(version), chroma: path };
}

function describe(version: string): Pick<Installation, 'version' | 'generation'> {
  return { version, generation: describeVersion(version).generation };
}

/** The Python that a script names in its first line, or that lies beside a program. */
async function findInterpreter(program: string): Promise<string | undefined> {
  const named = readShebang(await readStart(program));
  const folder = dirname(program);
  return findFirst([
    ...(named === undefined ? [] : [named]),
    join(folder, `python${EXE}`),
    ...(process.platform === 'win32' ? [join(dirname(folder), 'python.exe')] : []),
  ]);
}

/** The absolute path of the Python that runs a script. Pure. */
export function readShebang(start: string): string | undefined {
  return /^#! *(\/[^\r\n]*\/python[\d.]*) *\r?\n/.exec(start)?.[1];
}

async function readStart(file: string): Promise<string> {
  const handle = await open(file).catch(() => undefined);
  if (!handle) return '';
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function findFirst(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    if (await isAccessible(file)) return file;
  }
  return undefined;
}
