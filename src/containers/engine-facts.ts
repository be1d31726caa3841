import { ExplainedError } from '../system/errors.ts';
import { ProgramNotFoundError } from '../system/processes/program.ts';
import { explainElsewhere, isElsewhere, readEndpoint } from './engine-endpoint.ts';
import { CHECK_TIMEOUT, type Engine, type EngineKind } from './engine.ts';
import { explainMissingEngine, runsNothing } from './engine-problems.ts';
import type { Availability } from './availability.ts';

/** What an engine says of itself, where it matters to how a container is made. */
export interface EngineFacts {
  readonly kind: EngineKind;
  /** SELinux lets a container read only files with its label. */
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
    // First, because an engine elsewhere may not answer, and starting one there is the wrong cure.
    const endpoint = await readEndpoint(engine, signal);
    if (isElsewhere(endpoint)) {
      return { available: false, problem: explainElsewhere(engine.program, endpoint) };
    }
    const version = await engine.run(askArgs(kind, 'version'), signal, CHECK_TIMEOUT);
    return version.exitCode === 0
      ? { available: true, seen: `${engine.program} ${version.stdout.trim()}` }
      : { available: false, problem: engine.explain(version) };
  } catch (error) {
    if (error instanceof ExplainedError) return { available: false, problem: error.problem };
    if (error instanceof ProgramNotFoundError) {
      return { available: false, problem: explainMissingEngine(engine.program) };
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
export async function readEngineFacts(engine: Engine, signal?: AbortSignal): Promise<EngineFacts> {
  const kind = await engine.kind(signal);
  if (kind === 'docker') {
    // In one: for each `info` Docker's client runs every plug-in that it has.
    const { stdout } = await engine.must(askArgs(kind, 'security'), signal);
    const [driver = ''] = stdout.split(' ');
    return { kind, ...readSecurity(stdout), logsToFiles: isFileDriver(driver) };
  }
  const [{ stdout }, { stdout: driver }] = await Promise.all([
    engine.must(askArgs(kind, 'security'), signal),
    // An old Podman does not say it.
    engine.run(['info', '--format', '{{.Host.LogDriver}}'], signal),
  ]);
  return { kind, ...readSecurity(stdout), logsToFiles: isFileDriver(driver) };
}

/** Whether a log driver writes files that `max-size` keeps small; others may refuse that option. Pure. */
export function isFileDriver(driver: string): boolean {
  return ['json-file', 'local', 'k8s-file'].includes(driver.trim());
}

/** What an engine says of its security, in Docker's or Podman's words. Pure. */
export function readSecurity(stdout: string): Pick<EngineFacts, 'selinux' | 'remapped'> {
  return {
    selinux: /name=selinux|selinux=true/.test(stdout),
    remapped: stdout.includes('name=userns'),
  };
}

/** The field of `info` or `version` that answers each question. */
const FIELDS = {
  docker: {
    version: ['version', '{{.Server.Version}}'],
    security: ['info', '{{.LoggingDriver}} {{json .SecurityOptions}}'],
  },
  podman: {
    // Without a service Podman has no server, and so no version of one.
    version: ['info', '{{.Version.Version}}'],
    security: ['info', 'selinux={{.Host.Security.SELinuxEnabled}}'],
  },
} as const;

function askArgs(kind: EngineKind, question: keyof typeof FIELDS.docker): readonly string[] {
  const [command, field] = FIELDS[kind][question];
  return [command, '--format', field];
}
