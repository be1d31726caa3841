import { join } from 'node:path';
import { makePrivateFolder, workspaceDataFolder } from '../../project/data-folder.ts';
import type { Settings } from '../../project/settings.ts';
import { ExplainedError, type Problem } from '../../system/errors.ts';
import { isAccessible, keepFile, readIfThere } from '../../system/files/replace-file.ts';
import type { Runtime } from './runtime.ts';
import type { RuntimeKind } from '../server-facts.ts';

export interface Choice {
  readonly runtime: Runtime;
  /** Which runtime and why, as a sentence. */
  readonly why: string;
  /** What ran the server the last time, where it is another: that one has data of its own. */
  readonly changedFrom?: RuntimeKind;
}

/** With these problems of a Compose file another runtime may start. */
const NO_COMPOSE = ['compose-no-file', 'compose-no-chroma'];

/**
 * Picks the runtime that the setting names. With `auto` it is compose if the Compose file has a Chroma,
 * docker if its engine answers, else local. While the runtime of the last start cannot be asked, no
 * other one takes its place: the data would seem to be gone.
 *
 * @param last what ran the server the last time; undefined where none did
 * @throws ExplainedError the problem of the runtime that is set; with `auto` that of the one that has
 *   the data, or else that of local, which is tried last
 */
export async function chooseRuntime(
  setting: Settings['runtime'],
  runtimes: readonly Runtime[],
  last?: RuntimeKind,
  signal?: AbortSignal,
): Promise<Choice> {
  const find = (wanted: RuntimeKind): Runtime => {
    const found = runtimes.find(({ kind }) => kind === wanted);
    if (!found) throw new Error(`There is no runtime ${wanted}.`);
    return found;
  };
  if (setting !== 'auto') {
    const runtime = find(setting);
    const asked = await runtime.check(signal);
    if (!asked.available) throw new ExplainedError(asked.problem);
    // A user who sets it has chosen.
    return { runtime, why: `Using ${setting} (${asked.seen}), as set.` };
  }
  const choose = (kind: RuntimeKind, why: string): Choice => ({
    runtime: find(kind),
    why,
    ...(last === undefined || last === kind ? {} : { changedFrom: last }),
  });
  // The workspace's own file comes first, but both are asked at once.
  const [compose, docker] = await Promise.all([
    find('compose').check(signal),
    find('docker').check(signal),
  ]);
  if (compose.available) return choose('compose', `Using the Compose file's ${compose.seen}.`);
  if (docker.available) {
    if (!NO_COMPOSE.includes(compose.problem.code)) {
      throw new ExplainedError(explainUnusedFile(compose.problem));
    }
    const byDocker = choose('docker', `Using docker: its engine answers (${docker.seen}).`);
    if (last !== 'local') return byDocker;
    const local = await find('local').check(signal);
    return local.available
      ? choose('local', `Using local (${local.seen}): it has the data of the last time.`)
      : byDocker;
  }
  if (isContainer(last) && docker.problem.code !== 'docker-not-installed') {
    throw new ExplainedError(explainData(docker.problem));
  }
  const local = await find('local').check(signal);
  if (local.available) {
    return choose('local', `Using local (${local.seen}): ${docker.problem.what}`);
  }
  throw new ExplainedError({
    ...local.problem,
    why: [docker.problem.what, local.problem.what].join(' '),
    what: 'There is nothing to run Chroma with.',
  });
}

function isContainer(kind: RuntimeKind | undefined): boolean {
  return kind === 'docker' || kind === 'compose';
}

/** Another server would lack the file's data, token and settings. */
function explainUnusedFile(problem: Problem): Problem {
  const next = 'Or set chromaTls.runtime to docker, for a server apart from the Compose file.';
  return { ...problem, next: [problem.next, next].filter(Boolean).join(' ') };
}

function explainData(problem: Problem): Problem {
  const next =
    'The data of this folder’s Chroma is in a container; set chromaTls.runtime to local for one without containers, which starts empty.';
  return { ...problem, next: [problem.next, next].filter(Boolean).join(' ') };
}

/** The file of a workspace's data folder that names it. */
const NOTE = 'runtime';

/** The runtimes that keep data for a workspace, each in its own location. */
const KEEPERS: readonly RuntimeKind[] = ['docker', 'compose', 'local'];

/**
 * The runtime of a workspace's last start, which has its data. It is written down because an engine
 * that does not run cannot be asked. Undefined before the first start.
 */
export async function readLastRuntime(workspace: string): Promise<RuntimeKind | undefined> {
  return readRuntimeNote(workspaceDataFolder(workspace));
}

/** The same by a workspace's part of the data folder. */
export async function readRuntimeNote(data: string): Promise<RuntimeKind | undefined> {
  const noted = await readIfThere(join(data, NOTE));
  return KEEPERS.find((kind) => kind === noted?.trim());
}

/** @throws as the system does where the data folder cannot be written */
export async function noteRuntime(workspace: string, kind: RuntimeKind): Promise<void> {
  await makePrivateFolder(workspaceDataFolder(workspace));
  await keepFile(noteFile(workspace), `${kind}\n`, 0o600);
}

/**
 * Notes that a start of a workspace's server was begun. From then on something of it may run, even if
 * the start is broken off; before that nobody has to ask.
 *
 * @throws as the system does where the data folder cannot be written
 */
export async function noteStart(workspace: string): Promise<void> {
  await makePrivateFolder(workspaceDataFolder(workspace));
  await keepFile(startedFile(workspace), '', 0o600);
}

/** Whether a start of a workspace's server was ever begun. */
export async function wasEverStarted(workspace: string): Promise<boolean> {
  return (await isAccessible(startedFile(workspace))) || isAccessible(noteFile(workspace));
}

function startedFile(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'started');
}

function noteFile(workspace: string): string {
  return join(workspaceDataFolder(workspace), NOTE);
}
