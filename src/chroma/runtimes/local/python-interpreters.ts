import { boolean, object, string } from 'valibot';
import { readJson } from '../../../system/json.ts';
import { findProgram } from '../../../system/processes/program-path.ts';
import { run, type Command } from '../../../system/processes/program.ts';

/** A Python of this machine that a private Chroma can be installed or run with. */
export interface Python {
  /** The absolute path of the interpreter itself, not of a launcher such as `py` or a shim. */
  readonly program: string;
  /** Such as `3.12`. */
  readonly version: string;
  readonly hasPip: boolean;
  /** Whether it can make an environment, which brings a pip. */
  readonly makesEnvironments: boolean;
  /** `glibc`, or empty where it runs on another C library, or not on Linux. */
  readonly libc: string;
}

/** The Pythons to look for: the plain one, then those by name, because the plain one may be too new. */
const NAMES: Readonly<Record<'posix' | 'win32', readonly (readonly string[])[]>> = {
  posix: [['python3'], ['python3.12'], ['python3.11'], ['python3.10'], ['python3.9'], ['python']],
  win32: [['py'], ['py', '-3.12'], ['py', '-3.11'], ['py', '-3.10'], ['py', '-3.9'], ['python']],
};

/** It is constant and isolated (`-I`): nothing of the working directory is imported. */
const QUESTION = `
import importlib.util, json, platform, sys
has = lambda name: importlib.util.find_spec(name) is not None
print(json.dumps({"program": sys.executable, "version": "%d.%d" % sys.version_info[:2],
  "hasPip": has("pip"), "makesEnvironments": has("ensurepip") and has("venv"),
  "libc": platform.libc_ver()[0] if sys.platform == "linux" else ""}))
`;

const ANSWER = object({
  program: string(),
  version: string(),
  hasPip: boolean(),
  makesEnvironments: boolean(),
  libc: string(),
});

/** The Pythons of this machine, one after the other, so that no more are asked than needed. */
export async function* listPythons(): AsyncGenerator<Python> {
  for (const [name = '', ...args] of NAMES[process.platform === 'win32' ? 'win32' : 'posix']) {
    const program = await findProgram(name);
    const python = program === undefined ? undefined : await askPython({ program, args });
    if (python) yield python;
  }
}

/** What a Python says of itself; undefined where it is none, or too old to answer. */
async function askPython({ program, args }: Command): Promise<Python | undefined> {
  const ask = { program, args: [...args, '-I', '-c', QUESTION] };
  const asked = await run(ask, { timeout: 20_000 }).catch(() => undefined);
  const python = asked && readJson(ANSWER, asked.stdout);
  return python && /^3\.\d+$/.test(python.version) ? python : undefined;
}

/** Whether the wheel of a 1.x, which goes with every Python from 3.9 on, runs on a version. Pure. */
export function runsWheels(version: string): boolean {
  return Number(version.split('.')[1]) >= 9;
}
