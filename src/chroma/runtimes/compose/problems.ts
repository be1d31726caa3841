import { readIfThere } from '../../../system/files/replace-file.ts';
import { ExplainedError, type ProblemText } from '../../../system/errors.ts';
import { explainPortTaken } from '../../port-problems.ts';
import { readDataPath } from './containers.ts';
import { composeCommand, type ComposeTarget } from './program.ts';
import { isPortTaken } from '../../../containers/engine-problems.ts';
import { findCredentialProblem } from '../../../containers/image-pull-problems.ts';
import type { ChromaContainer } from './chroma-container.ts';

/** Neither Chroma nor anything that leads to it is published. */
export const NOT_PUBLISHED: ProblemText = {
  code: 'compose-no-port',
  what: 'The Compose file publishes no port of Chroma.',
  why: 'Clients on this machine cannot reach it, and no service that publishes one depends on it.',
  next: 'Create the Compose file again: Chroma is put right, and the rest stays as it is.',
  action: 'createComposeFile',
};

/** Chroma's container was made before the Compose file published a port of it. */
export const NOT_PUBLISHED_YET: ProblemText = {
  code: 'compose-outdated',
  what: 'No port of this machine leads to Chroma.',
  why: 'Its container is older than the Compose file, which publishes one.',
  next: 'Start the server: the container is made again.',
  action: 'startServer',
};

/** @param proxy the name of the user's own service before Chroma */
export function explainProxyDown(proxy: string): ProblemText {
  return {
    code: 'compose-proxy-down',
    what: `The service ${proxy} of the Compose file does not run.`,
    why: 'It publishes the port that leads to Chroma.',
    next: 'Start the server: that brings it up too.',
    action: 'startServer',
  };
}

/** Why a container that holds the only data is not made again, and how its user may have it so. */
export function explainDataAtRisk(
  target: ComposeTarget,
  container: ChromaContainer,
  engine: string,
): ProblemText {
  const name = container.Name.replace(/^\//, '');
  const dataPath = readDataPath(container);
  const compose = (...args: readonly string[]): string => {
    const command = composeCommand(target, [...args, target.services[0] ?? '']);
    return [command.program, ...command.args].join(' ');
  };
  if (dataPath === undefined) {
    return {
      code: 'compose-data-at-risk',
      what: `It cannot be told where the container ${name} keeps Chroma's data.`,
      why: 'Nothing that can be read here says it, and the Compose file has changed since: Compose would make the container again, without what lies in no volume.',
      next: `Make sure that the data lies in a volume, remove the container (${compose('rm', '--stop')}), then start the server. Or undo the change of the file.`,
      action: 'showLogs',
    };
  }
  const copy = `${engine} cp ${name}:${dataPath} chroma-data`;
  return {
    code: 'compose-data-at-risk',
    what: `Chroma's data lies in the container ${name} alone, and would be lost with it.`,
    why: `It has no volume at ${dataPath}, and the Compose file has changed since: Compose would make the container again.`,
    next: `Copy the data out (${copy}), remove the container (${compose('rm', '--stop')}), have it made again (${compose('up', '--no-start')}), copy the data into it (${engine} cp chroma-data/. ${name}:${dataPath}), then start the server. Or undo the change of the file.`,
    action: { terminal: copy, label: 'Copy Data Out' },
  };
}

/** Why Compose could not bring up what it was told to. */
export async function explainUpFailure(
  { bindAddress, port, compose, path }: ComposeTarget,
  stderr: string,
): Promise<ExplainedError> {
  if (port !== undefined && isPortTaken(stderr)) {
    const { problem } = await explainPortTaken(bindAddress, port);
    // Ours asks for it; a user's own file need not.
    const text = (await readIfThere(path).catch(() => undefined)) ?? '';
    const change = text.includes('${CHROMA_TLS_PORT')
      ? 'set CHROMA_TLS_PORT in .env to another one'
      : 'publish another one in the Compose file';
    const next = `Free it, or ${change}.`;
    return new ExplainedError({ ...problem, next, action: 'showLogs', details: stderr });
  }
  const what = `${[compose.program, ...compose.leading].join(' ')} could not start Chroma.`;
  const helper = findCredentialProblem(what, stderr);
  if (helper) return new ExplainedError(helper);
  return new ExplainedError({
    code: 'compose-failed',
    what,
    why: stderr.trim().split('\n').at(-1) ?? '',
    next: 'The log has its whole answer.',
    action: 'showLogs',
    details: stderr,
  });
}
