import type { Problem } from '../../../system/errors.ts';
import { findProgram } from '../../../system/processes/program-path.ts';
import { describeVersion } from '../../version.ts';
import { planEnvironment, supportsPython, type EnvironmentMaker } from './python-environment.ts';
import type { InstallPlan } from './install-plan.ts';
import { findNpm, planBindings, type NpmInstaller } from './node-bindings.ts';
import { listPythons } from './python-interpreters.ts';
import {
  hasWheels,
  planWheel,
  takesWheel,
  type UvInstaller,
  type WheelInstaller,
} from './wheel.ts';

/** What can install a private Chroma, and in which form. */
export type Installer = EnvironmentMaker | WheelInstaller | UvInstaller | NpmInstaller;

/**
 * What can install a Chroma on this machine, or why nothing can. For 1.x that is the wheel alone, then
 * npm's bindings; 0.x is nothing without all its packages.
 */
export async function findInstaller(version: string): Promise<Installer | Problem> {
  return describeVersion(version).generation === 'rust'
    ? findForNative()
    : findForEnvironment(version);
}

/** The program of an installer, for a user. Pure. */
export function nameInstaller(installer: Installer): string {
  if (installer.kind === 'bindings') return installer.npm.program;
  return installer.kind === 'uv wheel' ? installer.uv : (installer.uv ?? installer.python.program);
}

/** How an installer puts a version into a folder. Pure. */
export function planInstall(installer: Installer, version: string, folder: string): InstallPlan {
  switch (installer.kind) {
    case 'environment':
      return planEnvironment(installer, version, folder);
    case 'wheel':
    case 'uv wheel':
      return planWheel(installer, version, folder);
    case 'bindings':
      return planBindings(installer, folder);
  }
}

async function findForNative(): Promise<Installer | Problem> {
  const system = `${process.platform}-${process.arch}`;
  const uv = await findProgram('uv');
  let seen: string | undefined;
  for await (const python of listPythons()) {
    const isFit = takesWheel(python, system);
    if (isFit && (uv !== undefined || python.hasPip || python.makesEnvironments)) {
      return { kind: 'wheel', python, uv };
    }
    const lack = isFit ? 'has neither pip nor venv' : 'has no package of it';
    seen ??= `Python ${python.version} ${lack}.`;
  }
  const npm = await findNpm();
  if ('kind' in npm) return npm;
  if (uv !== undefined && hasWheels(system)) return { kind: 'uv wheel', uv };
  if (seen !== undefined) {
    return {
      code: 'python-unfit',
      what: 'Chroma 1.x cannot be installed with the Python of this machine.',
      why: `${seen} ${npm.why}`,
      next: 'Install uv, or pip for this Python (on Debian and Ubuntu: apt install python3-pip), then start again.',
      action: GET_UV,
    };
  }
  return {
    code: 'nothing-to-run-with',
    what: 'Nothing here can run Chroma: there is no container engine and no Python.',
    why: npm.why,
    next: hasWheels(system)
      ? 'Install Docker, or Python 3.9 or newer, then start again.'
      : 'Install Docker, then start again.',
    action: GET_DOCKER,
  };
}

/** uv can bring a Python that fits; others have to. */
async function findForEnvironment(version: string): Promise<Installer | Problem> {
  const uv = await findProgram('uv');
  if (uv !== undefined) return { kind: 'environment', uv };
  const unfit = new Set<string>();
  for await (const python of listPythons()) {
    if (supportsPython(python.version)) return { kind: 'environment', python };
    unfit.add(`Python ${python.version}`);
  }
  if (unfit.size === 0) {
    return {
      code: 'nothing-to-run-with',
      what: 'Nothing here can run Chroma: there is no container engine and no Python.',
      next: 'Install Docker, or Python 3.9 to 3.12, then start again.',
      action: GET_DOCKER,
    };
  }
  return {
    code: 'python-unfit',
    what: `chromadb ${version} does not run on the Python of this machine.`,
    why: `It needs Python 3.9 to 3.12, and here is ${[...unfit].join(', ')}.`,
    next: 'Install uv, which brings a Python that fits, or choose a Chroma 1.x image.',
    action: GET_UV,
  };
}

const GET_DOCKER = {
  open: 'https://docs.docker.com/get-started/get-docker/',
  label: 'Get Docker',
} as const;

const GET_UV = {
  open: 'https://docs.astral.sh/uv/getting-started/installation/',
  label: 'Get uv',
} as const;
