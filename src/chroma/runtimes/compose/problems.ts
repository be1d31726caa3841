import { readIfThere } from '../../../system/files/replace-file.ts';
import { ExplainedError, type Problem } from '../../../system/errors.ts';
import { lastLineOf } from '../../../system/processes/program.ts';
import { explainPortTaken } from '../../port-problems.ts';
import type { ComposeTarget } from './target.ts';
import { isPortTaken } from '../../../containers/engine-problems.ts';
import { findCredentialProblem } from '../../../containers/image-pull-problems.ts';
import { nameCompose } from '../../../containers/compose/compose-program.ts';

/** No port of this machine leads to Chroma. */
export const NOT_PUBLISHED: Problem = {
  code: 'compose-no-port',
  what: 'The Compose file publishes no port of Chroma.',
  why: 'So no client on this machine can reach it.',
  next: 'Create the Compose file again: it corrects Chroma, and the rest stays as it is.',
  action: 'createComposeFile',
};

/** Chroma's container was made before the Compose file published a port of it. */
export const NOT_PUBLISHED_YET: Problem = {
  code: 'compose-outdated',
  what: 'No port of this machine leads to Chroma.',
  why: 'Its container is older than the Compose file, which publishes a port.',
  next: 'Start the server: that makes the container again.',
  action: 'startServer',
};

/** @param proxy the name of the user's own service before Chroma */
export function explainProxyDown(proxy: string): Problem {
  return {
    code: 'compose-proxy-down',
    what: `The service ${proxy} of the Compose file is not running.`,
    why: 'It publishes the port that leads to Chroma.',
    next: 'Start the server: that starts the service too.',
    action: 'startServer',
  };
}

/** Why Compose could not start Chroma. */
export async function explainUpFailure(
  { bindAddress, port, compose, path }: ComposeTarget,
  stderr: string,
): Promise<ExplainedError> {
  if (port !== undefined && isPortTaken(stderr)) {
    const { problem } = await explainPortTaken(bindAddress, port);
    const text = (await readIfThere(path).catch(() => undefined)) ?? '';
    const change = text.includes('${CHROMA_TLS_PORT')
      ? 'set CHROMA_TLS_PORT in .env to another one'
      : 'publish another one in the Compose file';
    const next = `Free it, or ${change}.`;
    return new ExplainedError({ ...problem, next, action: 'showLogs', details: stderr });
  }
  const what = `${nameCompose(compose)} could not start Chroma.`;
  const helper = findCredentialProblem(what, stderr);
  if (helper) return new ExplainedError(helper);
  return new ExplainedError({
    code: 'compose-failed',
    what,
    why: lastLineOf(stderr),
    next: 'Read its whole answer in the log.',
    action: 'showLogs',
    details: stderr,
  });
}
