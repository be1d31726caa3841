import { ExplainedError, toProblem } from '../../system/errors.ts';
import type { Disposable } from '../../system/events.ts';
import { DEFAULT_DOMAIN, parseServerName, urlHost } from '../../project/domain.ts';
import { endpointUrl } from '../../project/endpoint.ts';
import { findDomain } from '../../project/env-file.ts';
import type { Settings } from '../../project/settings.ts';
import { resolveInWorkspace } from '../../project/workspace-path.ts';
import type { Runtime } from './runtime.ts';
import type { Observation, ServerFacts } from '../server-facts.ts';
import type { Availability } from '../../containers/availability.ts';

const NO_LOG = 'Someone else runs this server; its log is where it runs.';

/**
 * A server that someone else runs, at `https://CHROMA_DOMAIN:port`. It is not started, stopped or
 * renewed from here, and only its heartbeat tells whether it is there.
 */
export class ExternalRuntime implements Runtime {
  readonly kind = 'external';
  readonly #workspace: string;
  readonly #readSettings: () => Settings;

  constructor(workspace: string, readSettings: () => Settings) {
    this.#workspace = workspace;
    this.#readSettings = readSettings;
  }

  check(): Promise<Availability> {
    return Promise.resolve({ available: true, seen: 'someone else runs it' });
  }

  start(): Promise<void> {
    return Promise.reject(explainNotOurs());
  }

  /** It goes on: someone else runs it. */
  stop(): Promise<void> {
    return Promise.resolve();
  }

  async observe(): Promise<Observation> {
    const settings = this.#readSettings();
    if (settings.runtime !== 'external') return { kind: 'none' };
    const { port } = settings;
    const set = await findDomain(await resolveInWorkspace(this.#workspace, settings.envFile));
    const domain = set ?? DEFAULT_DOMAIN;
    const facts = { runtime: 'external', tls: 'other', port, startedAt: 0 } as const;
    try {
      const name = parseServerName(domain);
      const server: ServerFacts = {
        ...facts,
        id: endpointUrl(domain, port),
        bindAddress: name.kind === 'ip' ? name.value : urlHost(name),
        ...(set === undefined ? { assumed: true } : {}),
      };
      return { kind: 'running', server };
    } catch (error) {
      const server: ServerFacts = { ...facts, id: domain, bindAddress: domain };
      return { kind: 'impaired', server, problem: toProblem(error) };
    }
  }

  reload(): Promise<boolean> {
    return Promise.resolve(false);
  }

  watch(): Disposable {
    return { dispose: () => undefined };
  }

  readLog(): Promise<readonly string[]> {
    return Promise.resolve([NO_LOG]);
  }

  followLog(onLine: (line: string) => void): Disposable {
    onLine(NO_LOG);
    return { dispose: () => undefined };
  }
}

/** Why a server of someone else is neither started nor restarted from here. */
export function explainNotOurs(): ExplainedError {
  return new ExplainedError({
    code: 'not-ours',
    what: 'This server is neither started nor restarted from here.',
    why: 'The setting chromaTls.runtime is external: someone else runs it.',
    next: 'Ask them, or choose another runtime to have a server of your own.',
    action: 'openSettings',
  });
}
