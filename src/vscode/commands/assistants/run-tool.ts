import type { CancellationToken } from 'vscode';
import { object, safeParse, strictObject, string, type GenericSchema } from 'valibot';
import { reportStatus } from '../../../chroma/status/report-status.ts';
import { isExternal } from '../../../chroma/status/snapshot.ts';
import { CLIENTS } from '../../../clients/catalogue.ts';
import { reportChecks } from '../../../diagnosis/doctor-report.ts';
import { explain, isCancellation, toProblem } from '../../../system/errors.ts';
import { writeClientCode } from '../../../workspace/client-code.ts';
import { diagnose } from '../../../workspace/diagnose.ts';
import { stopChroma } from '../../../workspace/stop.ts';
import type { ToolName } from '../../model/assistant-ids.ts';
import type { ActiveFolder, Session } from '../../session/session.ts';
import type { CommandContext } from '../command-context.ts';

/**
 * Carries out a tool that an assistant calls.
 *
 * @param input what the assistant wrote: parsed here, by a schema
 * @returns what the assistant is told
 * @throws Error whose message is for the assistant
 */
export async function runTool(
  context: CommandContext,
  name: ToolName,
  input: unknown,
  token: CancellationToken,
): Promise<string> {
  const active = demandFolder(context.session);
  try {
    switch (name) {
      case 'chroma_status':
        parse(strictObject({}), input ?? {});
        return await lookAtServer(active);
      case 'chroma_diagnose':
        parse(strictObject({}), input ?? {});
        return await lookAtAll(active, token);
      case 'chroma_client_code':
        return await writeCode(active, parse(object({ client: string() }), input).client);
      case 'chroma_start':
        parse(strictObject({}), input ?? {});
        return await start(context, active, token);
      case 'chroma_stop':
        parse(strictObject({}), input ?? {});
        return await stop(context, active);
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (isCancellation(error)) throw new Refusal('The user cancelled it.');
    throw new Refusal(explain(toProblem(error)));
  }
}

/** Why a tool does nothing, for an assistant to read. */
class Refusal extends Error {}

function demandFolder(session: Session): ActiveFolder {
  const { state, active } = session;
  if (state.kind === 'folder' && active) return active;
  const why = {
    'no-folder': 'No folder is open. The user has to open one first.',
    virtual: 'The folder that is open is not on a disk, which Chroma TLS needs.',
    untrusted: 'The user has not trusted this workspace, and Chroma TLS runs nothing in it.',
    unchosen: 'Several folders are open. The user has to run Chroma: Select Folder first.',
    folder: 'The folder is being opened. Try again.',
  } as const;
  throw new Refusal(why[state.kind]);
}

function parse<Input>(schema: GenericSchema<unknown, Input>, input: unknown): Input {
  const parsed = safeParse(schema, input);
  if (parsed.success) return parsed.output;
  throw new Refusal(`The input is not what the tool takes. ${parsed.issues[0].message}`);
}

async function lookAtServer({ server }: ActiveFolder): Promise<string> {
  await Promise.all([server.refreshProject(), server.observe()]);
  await server.probe();
  return JSON.stringify(reportStatus(server.snapshot, Date.now()), undefined, 2);
}

/** The doctor's report: no key, no token and no name is in it. */
async function lookAtAll({ open }: ActiveFolder, token: CancellationToken): Promise<string> {
  const abort = new AbortController();
  const cancelling = token.onCancellationRequested(() => {
    abort.abort();
  });
  try {
    const { results, secrets } = await diagnose(open, abort.signal);
    return JSON.stringify(reportChecks(results, secrets), undefined, 2);
  } finally {
    cancelling.dispose();
  }
}

async function writeCode(active: ActiveFolder, id: string): Promise<string> {
  const client = CLIENTS.find((one) => one.id === id);
  if (!client) {
    const known = CLIENTS.map((one) => `${one.id} (${one.name})`).join(', ');
    throw new Refusal(`There is no such client. The clients are ${known}.`);
  }
  return writeClientCode(await active.open(), client);
}

async function start(
  { starts, notifier }: CommandContext,
  active: ActiveFolder,
  token: CancellationToken,
): Promise<string> {
  const { server } = active;
  if (server.snapshot.operation || starts.isUnderWay(server)) {
    throw new Refusal('A start or a stop is under way already. Look at chroma_status later.');
  }
  const cancelling = token.onCancellationRequested(() => starts.cancel(server));
  try {
    // It asks the user what the command would ask.
    await starts.run(active, 'start', (text) => void notifier.warn(text));
  } finally {
    cancelling.dispose();
  }
  return lookAtServer(active);
}

async function stop({ starts }: CommandContext, { server }: ActiveFolder): Promise<string> {
  const { operation } = server.snapshot;
  // One that only asks the user something leaves the server that runs as it is.
  if (starts.cancel(server) && operation) return 'The start that was under way is called off.';
  await server.observe();
  const { kind } = await stopChroma(server);
  if (kind === 'none') return 'No Chroma server of this folder’s own ran.';
  const rest = isExternal(server.snapshot) ? ' The one that someone else runs goes on.' : '';
  return `The Chroma server of this folder is stopped; its data stays.${rest}`;
}
