import type { Memento } from 'vscode';
import { deriveStatus } from '../../chroma/status/derive-status.ts';
import { isExternal, type Snapshot } from '../../chroma/status/snapshot.ts';
import { readLastRuntime } from '../../chroma/runtimes/runtime-choice.ts';
import { cancellation } from '../../system/errors.ts';
import type { Disposable } from '../../system/events.ts';
import { identifyParent } from '../../system/processes/process-identity.ts';
import { ours } from '../model/actions.ts';
import type { Notifier } from '../window/notify.ts';
import type { ActiveFolder, Session } from './session.ts';
import type { Starts } from './starts.ts';

/** Where the workspace's memory keeps which servers were stopped, each with the run of VS Code. */
const STOPPED = 'chromaTls.stopped';
type Stopped = Readonly<Record<string, string>>;

/**
 * Starts the server of a folder once it is opened, where its settings ask for that and it ran there
 * before. One that a user has stopped stays so in this run of VS Code: a reload does not count as opening. Without
 * trust no folder is active, and so none is started.
 */
export function startOnOpen(
  session: Session,
  starts: Starts,
  notifier: Notifier,
  memory: Memento,
): Disposable {
  const considered = new Set<string>();
  // The windows of one VS Code, and what a reload makes of them, have one parent.
  const run = identifyParent();
  const consider = (): void => {
    const { active } = session;
    if (!active) return;
    const { snapshot, settings } = active.server;
    void run.then((id) => {
      noteStop(active, snapshot, id, memory);
    });
    // Until everything was read once nobody knows whether it runs already.
    if ((snapshot.awaited ?? []).length > 0) return;
    const key = active.folder.uri.toString();
    if (considered.has(key)) return;
    considered.add(key);
    if (!settings.startOnOpen) return;
    run
      .then((id) =>
        memory.get<Stopped>(STOPPED, {})[key] === id
          ? undefined
          : startUnasked(active, starts, notifier),
      )
      .catch(notifier.report);
  };
  consider();
  return session.onDidChange(consider);
}

function noteStop(
  { folder }: ActiveFolder,
  { operation, elsewhere, observation }: Snapshot,
  run: string,
  memory: Memento,
): void {
  const doing = operation?.kind ?? elsewhere;
  if (doing === undefined && observation.kind !== 'running') return;
  const key = folder.uri.toString();
  const { [key]: before, ...others } = memory.get<Stopped>(STOPPED, {});
  const now = doing === 'stopping' ? run : undefined;
  if (now !== before) {
    void memory.update(STOPPED, now === undefined ? others : { ...others, [key]: now });
  }
}

/** A question at the opening of a folder would come out of nowhere: it is offered to start instead. */
async function startUnasked(
  active: ActiveFolder,
  starts: Starts,
  notifier: Notifier,
): Promise<void> {
  const { server } = active;
  const { snapshot, environment } = server;
  if (isExternal(snapshot) || deriveStatus(snapshot, Date.now()).state !== 'stopped') return;
  if ((await readLastRuntime(environment.workspace)) === undefined) return;
  const question = { isAsked: false };
  const refuse = <Answer>(answer: Answer): Promise<Answer> => {
    question.isAsked = true;
    return Promise.resolve(answer);
  };
  try {
    await starts.run(active, 'start', environment.log, {
      consent: () => refuse(false),
      acceptChange: () => refuse('refuse'),
      acceptTokenLoss: () => refuse(undefined).then(() => Promise.reject(cancellation())),
    });
  } catch (error) {
    if (!question.isAsked) throw error;
    void notifier.inform(
      'Chroma was not started, because a start needs an answer of yours.',
      ours('chromaTls.startServer'),
    );
  }
}
