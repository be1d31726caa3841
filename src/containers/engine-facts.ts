import { ExplainedError } from '../system/errors.ts';
import { ProgramNotFoundError } from '../system/processes/program.ts';
import { explainElsewhere, isElsewhere, readEndpoint } from './engine-endpoint.ts';
import { CHECK_TIMEOUT, type Engine, type EngineKind } from './engine.ts';
import { explainMissing, runsNothing } from './engine-problems.ts';
import type { Availability } from './availability.ts';

/** What an engine says of itself, where it matters to how a container is made. */
export interface EngineFacts {
  readonly kind: EngineKind;
  /** Files a container shall read need a label of SELinux. */
  readonly selinux: boolean;
  /** Root in a container is another user than root of the machine (`userns-remap`). */
  readonly remapped: boolean;
  /** It keeps logs in files, which grow without end unless told otherwise. */
  readonly logsToFiles: boolean;
}

/** Whether the engine is there, may be used, and runs on this machine. */
export async function checkEngine(engine: Engine, signal?: AbortSignal): Promise<Availability> {
  try {
    const kind = await engine.kind(signal);
    // First, for it may well not answer: to go there is then the wrong cure.
    const endpoint = await readEndpoint(engine, signal);
    if (isElsewhere(endpoint)) {
      return { available: false, problem: explainElsewhere(engine.program, endpoint) };
    }
    const version = await engine.run(VERSION_ARGS[kind], signal, CHECK_TIMEOUT);
    return version.exitCode === 0
      ? { available: true, seen: `${engine.program} ${version.stdout.trim()}` }
      : { available: false, problem: engine.explain(version) };
  } catch (error) {
    if (error instanceof ExplainedError) return { available: false, problem: error.problem };
    if (error instanceof ProgramNotFoundError) {
      return { available: false, problem: explainMissing(engine.program) };
    }
    throw error;
  }
}

/**
 * Whether there is an engine that could run a container. False where none is installed or none runs.
 *
 * @throws ExplainedError where that cannot be told
 */
export async function isUsable(engine: Engine, signal?: AbortSignal): Promise<boolean> {
  const asked = await checkEngine(engine, signal);
  if (asked.available || runsNothing(asked.problem)) return asked.available;
  throw new ExplainedError(asked.problem);
}

/** @throws ExplainedError where the engine does not answer */
export async function readFacts(engine: Engine, signal?: AbortSignal): Promise<EngineFacts> {
  const kind = await engine.kind(signal);
  const { stdout } = await engine.must(SECURITY_ARGS[kind], signal);
  // An old Podman does not say it.
  const { stdout: driver } = await engine.run(LOG_DRIVER_ARGS[kind], signal);
  return { kind, ...readSecurity(stdout), logsToFiles: isFileDriver(driver) };
}

/**
 * Whether a log driver writes files that `max-size` keeps small: any other refuses that option, or
 * has limits of its own. Pure.
 */
export function isFileDriver(driver: string): boolean {
  return ['json-file', 'local', 'k8s-file'].includes(driver.trim());
}

/** What either engine says of its security, in its own words. Pure. */
export function readSecurity(stdout: string): Pick<EngineFacts, 'selinux' | 'remapped'> {
  return {
    selinux: /name=selinux|selinux=true/.test(stdout),
    remapped: stdout.includes('name=userns'),
  };
}

const VERSION_ARGS: Readonly<Record<EngineKind, readonly string[]>> = {
  docker: ['version', '--format', '{{.Server.Version}}'],
  // Without a service of its own Podman has no server whose version could be told.
  podman: ['info', '--format', '{{.Version.Version}}'],
};

const SECURITY_ARGS: Readonly<Record<EngineKind, readonly string[]>> = {
  docker: ['info', '--format', '{{json .SecurityOptions}}'],
  podman: ['info', '--format', 'selinux={{.Host.Security.SELinuxEnabled}}'],
};

const LOG_DRIVER_ARGS: Readonly<Record<EngineKind, readonly string[]>> = {
  docker: ['info', '--format', '{{.LoggingDriver}}'],
  podman: ['info', '--format', '{{.Host.LogDriver}}'],
};
