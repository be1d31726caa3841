import type { ChallengeCertificate } from '../../certificates/public/acme/responders/challenge-certificate.ts';
import { ExplainedError } from '../../system/errors.ts';
import type { Disposable } from '../../system/events.ts';
import { withTimeLimit } from '../../system/time-limit.ts';
import { connectControl, controlPath, type ControlConnection } from './control-socket.ts';

/** Milliseconds; it answers at once, unless it is frozen. */
const PATIENCE = 5000;

/**
 * Has the embedded proxy of a workspace answer an ACME server, if one serves on that port. It answers
 * until what this gives is disposed, or this process ends, however it ends.
 *
 * @returns undefined where no embedded proxy of this workspace is on the port
 * @throws ExplainedError `proxy-does-not-answer`, `supervisor-not-understood`,
 *   `control-folder-not-private`; AbortError when the signal fires
 */
export async function proveByProxy(
  workspace: string,
  port: number,
  answers: readonly ChallengeCertificate[],
  signal: AbortSignal,
): Promise<Disposable | undefined> {
  const control = await findProxy(workspace, port);
  if (!control) return undefined;
  try {
    await withTimeLimit(PATIENCE, signal, () => prove(control, answers));
    return {
      dispose: () => {
        control.close();
      },
    };
  } catch (error) {
    control.close();
    signal.throwIfAborted();
    throw new ExplainedError(
      {
        code: 'proxy-does-not-answer',
        what: `The TLS proxy on port ${port} does not take the ACME server's challenge.`,
        why: 'It may have been started by an older version of Chroma TLS.',
        next: 'Restart the server, then try again.',
        action: 'restartServer',
      },
      error,
    );
  }
}

async function findProxy(workspace: string, port: number): Promise<ControlConnection | undefined> {
  for (const service of ['local', 'proxy'] as const) {
    const control = await connectControl(controlPath(workspace, service));
    const server = control?.state.server;
    if (server?.tls === 'embedded' && server.port === port) return control;
    control?.close();
  }
  return undefined;
}

/** Settles once it answers for all of the names. */
function prove(
  control: ControlConnection,
  answers: readonly ChallengeCertificate[],
): Promise<void> {
  const awaited = new Set(answers.map(({ serverName }) => serverName));
  return new Promise((resolve, reject) => {
    if (awaited.size === 0) resolve();
    control.onProving((name) => {
      awaited.delete(name);
      if (awaited.size === 0) resolve();
    });
    control.onClosed(() => {
      reject(new Error('The supervisor hung up.'));
    });
    for (const answer of answers) control.ask({ ask: 'prove', answer });
  });
}
