import { join } from 'node:path';
import type { Command } from '../../../system/processes/program.ts';
import { describeVersion } from '../../version.ts';

/** What makes an environment: uv, or a Python with the arguments that select it. */
export type Installer =
  | { readonly kind: 'uv'; readonly program: string }
  | { readonly kind: 'python'; readonly program: string; readonly args: readonly string[] };

/** The Pythons to look for: the plain one, then those by name, because the plain one may be too new. */
export const PYTHONS: Readonly<Record<'posix' | 'win32', readonly (readonly string[])[]>> = {
  posix: [['python3'], ['python3.12'], ['python3.11'], ['python3.10'], ['python3.9'], ['python']],
  win32: [['py'], ['py', '-3.12'], ['py', '-3.11'], ['py', '-3.10'], ['py', '-3.9'], ['python']],
};

/**
 * The last versions of some series, and a day soon after each came out (upload dates of PyPI).
 *
 * The servers up to 0.6 want the packages of their time: with today's FastAPI 0.5.13 starts, answers the
 * heartbeat, and then refuses to create a collection (422).
 */
const PACKAGE_DAYS = [
  ['0.4.14', '2023-10-20'],
  ['0.4.24', '2024-03-15'],
  ['0.5.0', '2024-05-15'],
  ['0.5.5', '2024-08-01'],
  ['0.5.13', '2024-10-15'],
  ['0.5.23', '2024-12-15'],
  ['0.6.3', '2025-02-01'],
] as const;

/**
 * The day whose packages a version wants; undefined where today's will do. Pure.
 *
 * @param version such as `0.5.13`
 */
export function packagesOf(version: string): string | undefined {
  return PACKAGE_DAYS.find(([last]) => compareVersions(version, last) <= 0)?.[1];
}

/** Whether a Chroma has packages for a Python such as `3.12`: 0.x has none since 3.13. Pure. */
export function supportsPython(version: string, python: string): boolean {
  const minor = Number(python.split('.')[1]);
  return minor >= 9 && (describeVersion(version).generation === 'rust' || minor <= 12);
}

/**
 * The commands that make an environment with one version of Chroma in it. Pure.
 *
 * pip cannot go back to the packages of a day, so where one is wanted it brings uv, which can.
 */
export function installCommands(
  installer: Installer,
  version: string,
  folder: string,
  platform: NodeJS.Platform = process.platform,
): readonly Command[] {
  const inside = (program: string): string =>
    platform === 'win32' ? join(folder, 'Scripts', `${program}.exe`) : join(folder, 'bin', program);
  const python = inside('python');
  const day = packagesOf(version);
  const requirement = `chromadb==${version}`;
  const byUv = (program: string): Command => {
    const until = day === undefined ? [] : ['--exclude-newer', day];
    return { program, args: ['pip', 'install', '--python', python, ...until, requirement] };
  };
  const byPip = (what: string): Command => ({
    program: python,
    args: ['-m', 'pip', 'install', what],
  });
  const { program } = installer;
  if (installer.kind === 'uv') {
    const fitting = day === undefined ? [] : ['--python', '>=3.9,<3.13'];
    return [{ program, args: ['venv', ...fitting, folder] }, byUv(program)];
  }
  return [
    { program, args: [...installer.args, '-m', 'venv', folder] },
    ...(day === undefined ? [byPip(requirement)] : [byPip('uv'), byUv(inside('uv'))]),
  ];
}

function compareVersions(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => version.split('.').map(Number));
  const at = (a ?? []).findIndex((part, index) => part !== b?.[index]);
  return at < 0 ? 0 : (a?.[at] ?? 0) - (b?.[at] ?? 0);
}
