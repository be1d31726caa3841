import { classifyFailure } from '../chroma/health/heartbeat-failure.ts';
import { askTrusting, openAgent } from '../chroma/health/heartbeat-client.ts';
import { askVerified, probeName } from '../chroma/health/heartbeat-request.ts';
import { describeTarget } from '../chroma/health/heartbeat-target.ts';
import { BEAT_LIMIT } from '../chroma/health/heartbeat-times.ts';
import type { Availability } from '../containers/availability.ts';
import type { Server } from '../chroma/server/server.ts';
import type { Snapshot } from '../chroma/status/snapshot.ts';
import { ExplainedError, systemCode, toProblem } from '../system/errors.ts';
import { withTimeLimit } from '../system/time-limit.ts';
import type { Subject, Visit } from './check.ts';
import type { ClientVersion } from './client-version.ts';
import { findJavaScriptClients } from './javascript-clients.ts';
import { findPythonClients } from './python-clients.ts';
import { readWorkspaceFiles, type WorkspaceFile } from './workspace-files.ts';

/** Begins to look at a workspace: what several checks need is asked here, once. */
export function openSubject(
  given: Omit<Subject, 'files' | 'clients' | 'engine' | 'seen' | 'heard' | 'visit'>,
): Subject {
  const seen = observe(given.server);
  const files = readWorkspaceFiles(given.workspace, given.signal);
  return {
    ...given,
    files,
    clients: files.then((read) => findClients(given.workspace, read)),
    engine: checkEngine(given),
    seen,
    heard: seen.then(async () => {
      await given.server.probe(given.signal);
      return given.server.snapshot;
    }),
    visit: seen.then((snapshot) => visit(given, snapshot)),
  };
}

async function findClients(
  workspace: string,
  files: readonly WorkspaceFile[],
): Promise<readonly ClientVersion[]> {
  const found = [findPythonClients(workspace, files), findJavaScriptClients(workspace, files)];
  return (await Promise.all(found)).flat();
}

async function checkEngine({
  settings,
  server,
  signal,
}: Pick<Subject, 'settings' | 'server' | 'signal'>): Promise<Availability | undefined> {
  if (settings.runtime === 'local' || settings.runtime === 'external') return undefined;
  return server.environment.runtimes.find(({ kind }) => kind === 'docker')?.check(signal);
}

async function observe(server: Server): Promise<Snapshot> {
  await Promise.all([server.refreshProject(), server.observe()]);
  return server.snapshot;
}

/** Asks for a heartbeat on a connection of its own, verified as always. */
async function visit(
  {
    domain,
    certificatesFolder,
    signal,
    now,
  }: Pick<Subject, 'domain' | 'certificatesFolder' | 'signal' | 'now'>,
  { observation }: Snapshot,
): Promise<Visit | undefined> {
  if (observation.kind !== 'running') return undefined;
  const agent = openAgent();
  try {
    const target = await describeTarget(observation.server, domain, certificatesFolder);
    const { port, name, paths, address, explain = classifyFailure } = target;
    const [path] = paths;
    try {
      return await askTrusting(target, async (trust) => {
        const asked = { address, port, name: probeName(name), path, agent, trust };
        const sentAt = now();
        const answer = await withTimeLimit(BEAT_LIMIT, signal, (limit) =>
          askVerified(asked, limit),
        );
        return { ok: true, answer, path, sentAt };
      });
    } catch (error) {
      signal.throwIfAborted();
      const code = systemCode(error);
      return {
        ok: false,
        problem: explain(error, { address, port, name, path }),
        ...(code === undefined ? {} : { opensslName: code }),
      };
    }
  } catch (error) {
    if (error instanceof ExplainedError) return { ok: false, problem: toProblem(error) };
    throw error;
  } finally {
    agent.destroy();
  }
}
