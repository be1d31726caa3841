import { nameService } from '../../../containers/compose/labels.ts';
import { composeCommand } from '../../../containers/compose/compose-program.ts';
import type { Problem } from '../../../system/errors.ts';
import { isFresh } from '../../../containers/inspected-container.ts';
import type { ChromaContainer } from './chroma-container.ts';
import { keepsItsData, readDataPath } from './container-data.ts';
import type { ComposeTarget } from './target.ts';

/** Data that a container holds and no volume or folder does. */
export interface DataAtRisk {
  readonly container: string;
  /** Where in it; none where that cannot be told. */
  readonly path?: string;
  /** The engine's program. */
  readonly engine: string;
}

/**
 * The container of a service whose data would be lost with it.
 *
 * @param chroma the name of Chroma's service
 */
export function findDataHolder(
  chroma: string | undefined,
  containers: readonly ChromaContainer[],
): ChromaContainer | undefined {
  return containers.find(
    (container) =>
      nameService(container) === chroma && !keepsItsData(container) && !isFresh(container),
  );
}

/** What is at risk in a container that `findHolder` has found. Pure. */
export function describeRisk(holder: ChromaContainer, engine: string): DataAtRisk {
  const path = readDataPath(holder);
  const container = holder.Name.replace(/^\//, '');
  return { container, ...(path === undefined ? {} : { path }), engine };
}

/** Why a container with the only data is not made again, and how its user can do so safely. Pure. */
export function explainDataAtRisk(
  target: ComposeTarget,
  holder: ChromaContainer,
  engine: string,
): Problem {
  const { container: name, path } = describeRisk(holder, engine);
  const compose = (...args: readonly string[]): string => {
    const command = composeCommand(target, [...args, target.services[0] ?? '']);
    return [command.program, ...command.args].join(' ');
  };
  if (path === undefined) {
    return {
      code: 'compose-data-at-risk',
      what: `Chroma's data in the container ${name} may be lost with it.`,
      why: 'The Compose file has changed, so Compose would make the container again.',
      next: 'Undo the change, or make sure that the data is in a volume and remove the container.',
      inTerminal: `Undo the change, or make sure that the data is in a volume and run "${compose('rm', '--stop')}".`,
      action: 'showLogs',
    };
  }
  const copy = `${engine} cp ${name}:${path} chroma-data`;
  const steps = [
    copy,
    compose('rm', '--stop'),
    compose('up', '--no-start'),
    `${engine} cp chroma-data/. ${name}:${path}`,
  ];
  return {
    code: 'compose-data-at-risk',
    what: `Chroma's data would be lost with the container ${name}: it has no volume at ${path}.`,
    why: 'The Compose file has changed, so Compose would make the container again.',
    next: 'Undo the change, or copy the data out and into the new container.',
    inTerminal: `Undo the change, or run "${steps.join(' && ')}", then start the server.`,
    action: { terminal: copy, label: 'Copy Data Out' },
  };
}
