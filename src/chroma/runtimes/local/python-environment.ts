import { join } from 'node:path';
import type { Command } from '../../../system/processes/program.ts';
import type { InstallPlan } from './install-plan.ts';
import type { Python } from './python-interpreters.ts';

/** What makes a whole Python environment: uv, which brings a Python, or a Python. */
export type EnvironmentMaker =
  | { readonly kind: 'environment'; readonly uv: string }
  | { readonly kind: 'environment'; readonly uv?: never; readonly python: Python };

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

/** Whether a 0.x has packages for a Python such as `3.12`: none since 3.13. Pure. */
export function supportsPython(python: string): boolean {
  const minor = Number(python.split('.')[1]);
  return minor >= 9 && minor <= 12;
}

/**
 * How a whole Python environment with a 0.x is made. Pure.
 *
 * pip cannot go back to the packages of a day, so it brings uv, which can.
 *
 * @param folder absolute path of the environment
 */
export function planEnvironment(
  maker: EnvironmentMaker,
  version: string,
  folder: string,
  platform: NodeJS.Platform = process.platform,
): InstallPlan {
  const inside = (program: string): string =>
    platform === 'win32' ? join(folder, 'Scripts', `${program}.exe`) : join(folder, 'bin', program);
  const python = inside('python');
  const day = packagesOf(version);
  const byUv = (program: string): Command => ({
    program,
    args: [
      ...['pip', 'install', '--python', python],
      ...(day === undefined ? [] : ['--exclude-newer', day]),
      `chromadb==${version}`,
    ],
  });
  return {
    what: `chromadb ${version}`,
    files: {},
    commands:
      maker.uv === undefined
        ? [
            { program: maker.python.program, args: ['-I', '-m', 'venv', folder] },
            { program: python, args: ['-I', '-m', 'pip', 'install', 'uv'] },
            byUv(inside('uv')),
          ]
        : [
            { program: maker.uv, args: ['venv', '--python', '>=3.9,<3.13', folder] },
            byUv(maker.uv),
          ],
  };
}

function compareVersions(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => version.split('.').map(Number));
  const at = (a ?? []).findIndex((part, index) => part !== b?.[index]);
  return at < 0 ? 0 : (a?.[at] ?? 0) - (b?.[at] ?? 0);
}
