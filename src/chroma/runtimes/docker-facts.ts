import { isIP } from 'node:net';
import { ExplainedError } from '../../errors.ts';
import { ProgramNotFoundError } from '../../process.ts';
import { CHECK_TIMEOUT, type Engine, type EngineKind } from './docker-engine.ts';
import { explainElsewhere, explainMissing, runsNothing } from './docker-problems.ts';
import type { Availability } from './runtime.ts';

/** What an engine says of itself, where it matters to how a container is made. */
export interface EngineFacts {
  readonly kind: EngineKind;
  /** Files a container shall read need a label of SELinux. */
  readonly selinux: boolean;
  /** Root in a container is another user than root of the machine (`userns-remap`). */
  readonly remapped: boolean;
}

/** Whether the engine is there, may be used, and runs on this machine. */
export async function checkEngine(engine: Engine, signal?: AbortSignal): Promise<Availability> {
  try {
    const kind = await engine.kind(signal);
    // First, for it may well not answer: to go there is then the wrong cure.
    const endpoint = await readEndpoint(engine, kind, signal);
    if (isElsewhere(endpoint)) {
      return { available: false, problem: explainElsewhere(engine.program, endpoint) };
    }
    const version = await engine.run(VERSION_ARGS[kind], signal, CHECK_TIMEOUT);
    return version.exitCode === 0
      ? { available: true, seen: `${engine.program} ${version.stdout.trim()}` }
      : { available: false, problem: engine.explain(version) };
  } catch (error) {
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
  return { kind, ...readSecurity(stdout) };
}

/** What either engine says of its security, in its own words. Pure. */
export function readSecurity(stdout: string): Omit<EngineFacts, 'kind'> {
  return {
    selinux: /name=selinux|selinux=true/.test(stdout),
    remapped: stdout.includes('name=userns'),
  };
}

/**
 * Whether an engine's endpoint is on another machine, whose containers see neither this machine's
 * folders nor its loopback address. An address that leads back here is none. Pure.
 *
 * @param endpoint such as `unix:///var/run/docker.sock` or `ssh://user@host`; empty means the default
 */
export function isElsewhere(endpoint: string): boolean {
  const match = /^(?:tcp|ssh|https?):\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/]*)/.exec(endpoint);
  if (!match) return false;
  const host = (match[1] ?? '').replace(/^\[|\]$/g, '').toLowerCase();
  if (host === '' || host === 'localhost' || host === '::1') return false;
  return !(isIP(host) === 4 && host.startsWith('127.'));
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

/** Where the client finds its engine, contexts and `DOCKER_HOST` taken into account. */
async function readEndpoint(
  engine: Engine,
  kind: EngineKind,
  signal: AbortSignal | undefined,
): Promise<string> {
  // Podman's own virtual machine shares the home folder and the loopback address; only what a
  // person sets leads elsewhere.
  if (kind === 'podman') return process.env['CONTAINER_HOST'] ?? '';
  const format = ['--format', '{{.Endpoints.docker.Host}}'];
  const inspected = await engine.run(['context', 'inspect', ...format], signal, CHECK_TIMEOUT);
  return inspected.exitCode === 0 ? inspected.stdout.trim() : (process.env['DOCKER_HOST'] ?? '');
}
