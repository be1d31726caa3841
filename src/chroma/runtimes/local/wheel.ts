import { join } from 'node:path';
import type { Command } from '../../../system/processes/program.ts';
import { PARTIAL, type InstallPlan, type PackageSize } from './install-plan.ts';
import { runsWheels, type Python } from './python-interpreters.ts';

/** What installs the wheel: a Python's own pip, or uv for a Python. */
export interface WheelInstaller {
  readonly kind: 'wheel';
  readonly python: Python;
  readonly uv?: string | undefined;
}

/** uv alone, which brings a Python too. */
export interface UvInstaller {
  readonly kind: 'uv wheel';
  readonly uv: string;
}

/** A published file never changes, so its size and hash are facts. Sizes in bytes, as measured. */
interface KnownWheel extends PackageSize {
  readonly sha256: string;
}

type System = 'linux-x64' | 'linux-arm64' | 'darwin-x64' | 'darwin-arm64' | 'win32-x64';

const KNOWN: Readonly<Record<string, Readonly<Record<System, KnownWheel>>>> = {
  '1.5.9': {
    'linux-x64': {
      download: 23_316_203,
      onDisk: 63_039_485,
      sha256: 'cc09b3df76e5a5cb386aed2715a2eea152e3949f9e1ba93c7119505377749929',
    },
    'linux-arm64': {
      download: 22_680_924,
      onDisk: 57_873_433,
      sha256: '9192d111bd662241625867962333d99369a00769a50f8b2f58cb388731274d7e',
    },
    'darwin-x64': {
      download: 22_564_540,
      onDisk: 58_965_437,
      sha256: '60701011b5e6409647fa40d12c7c5a66b2b0bfcf33a52db2ad53a30a2abc4957',
    },
    'darwin-arm64': {
      download: 21_699_698,
      onDisk: 55_653_954,
      sha256: '814b9c95617377f6501e5757d63dfddb554a283a7739c87b9fa573850174e6f3',
    },
    'win32-x64': {
      download: 23_542_454,
      onDisk: 67_527_512,
      sha256: '4fd0b560e56761b7f3cb4d5c6205fd5f20814484b4a3e4e9af9038c2b428fc6c',
    },
  },
};

const SYSTEMS: readonly string[] = Object.keys(KNOWN['1.5.9'] ?? {});

/** Whether there are wheels for a system such as `linux-x64`. Pure. */
export function hasWheels(system: string): boolean {
  return SYSTEMS.includes(system);
}

/** Whether the wheel goes with a Python; that for Linux is linked with glibc. Pure. */
export function takesWheel(
  { version, libc }: Pick<Python, 'version' | 'libc'>,
  system: string,
): boolean {
  return (
    hasWheels(system) && runsWheels(version) && (!system.startsWith('linux') || libc === 'glibc')
  );
}

/** Runs the server that is in the wheel. The rest of the package would need all its dependencies. */
export const SERVE_FROM_WHEEL = `
import sys
sys.path.insert(0, sys.argv[1])
from chromadb_rust_bindings import cli
cli(["chroma", *sys.argv[2:]])
`;

/** The Python that uv alone brings, inside a folder with the wheel. */
export function broughtPython(folder: string): string {
  return pythonIn(join(folder, 'environment'));
}

/** The native module inside a folder with the wheel. */
export function wheelModule(folder: string): string {
  return join(folder, 'chromadb_rust_bindings', '__init__.py');
}

/**
 * How the wheel of a 1.x is installed into a folder, without its dependencies. Pure.
 *
 * pip and uv compare it with the hash that the index names, and where we know the version, with ours.
 *
 * @param folder absolute path; everything, the installer's own temporary files too, stays inside
 */
export function planWheel(
  installer: WheelInstaller | UvInstaller,
  version: string,
  folder: string,
  system = `${process.platform}-${process.arch}`,
): InstallPlan {
  const known: Partial<Record<string, KnownWheel>> = KNOWN[version] ?? {};
  const requirements = join(PARTIAL, 'requirements.txt');
  // Any of them will do: a Python may be another system's, as x64 is on Windows for ARM.
  const hashes = Object.values(known).map((wheel) => ` --hash=sha256:${wheel?.sha256 ?? ''}`);
  const common = [
    ...['--no-deps', '--only-binary', ':all:', '--target', folder],
    ...['-r', join(folder, requirements)],
  ];
  const commands =
    installer.kind === 'uv wheel'
      ? [
          {
            program: installer.uv,
            args: ['venv', '--python', '>=3.9', join(folder, 'environment')],
          },
          byUv(installer.uv, broughtPython(folder), folder, common),
        ]
      : installer.uv === undefined
        ? byPip(installer.python, folder, common)
        : [byUv(installer.uv, installer.python.program, folder, common)];
  const isStreamed = installer.uv !== undefined;
  return {
    what: `chromadb ${version}`,
    size: known[system],
    files: { [requirements]: `chromadb==${version}${hashes.join('')}\n` },
    commands,
    // An environment that has to be made first would count as progress.
    ...(commands.length === 1 ? { growth: { folder, isStreamed } } : {}),
  };
}

function byUv(uv: string, python: string, folder: string, common: readonly string[]): Command {
  const place = ['--python', python, '--cache-dir', join(folder, PARTIAL, 'cache')];
  return { program: uv, args: ['pip', 'install', ...common, ...place, '--no-progress'] };
}

/** A Python without pip, as Debian's is, may still make an environment that has one. */
function byPip(python: Python, folder: string, common: readonly string[]): readonly Command[] {
  const partial = join(folder, PARTIAL);
  const environment = join(partial, 'environment');
  const pip = {
    program: python.hasPip ? python.program : pythonIn(environment),
    args: [
      ...['-I', '-m', 'pip', 'install', '--no-input', '--disable-pip-version-check'],
      // Nothing is left outside of the folder; the package's Python files are never run.
      ...['--no-cache-dir', '--no-compile', '--progress-bar', 'off', ...common],
    ],
    // A user's own configuration may ask for what does not go with `--target`.
    env: {
      ...{ TMPDIR: partial, TMP: partial, TEMP: partial },
      ...{ PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0' },
    },
  };
  if (python.hasPip) return [pip];
  return [{ program: python.program, args: ['-I', '-m', 'venv', environment] }, pip];
}

function pythonIn(environment: string): string {
  return process.platform === 'win32'
    ? join(environment, 'Scripts', 'python.exe')
    : join(environment, 'bin', 'python');
}
