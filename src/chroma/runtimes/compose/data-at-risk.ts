import { nameService } from '../../../containers/compose/labels.ts';
import { composeCommand } from '../../../containers/compose/program.ts';
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
  const changed = 'The Compose file has changed since, so Compose would make the container again';
  const undo = 'Or undo the change of the file.';
  if (path === undefined) {
    return {
      code: 'compose-data-at-risk',
      what: `It cannot be told where the container ${name} keeps Chroma's data.`,
      why: `Nothing that can be read here says it. ${changed}, without what lies in no volume.`,
      next: `Make sure that the data lies in a volume, remove the container (${compose('rm', '--stop')}), then start the server. ${undo}`,
      action: 'showLogs',
    };
  }
  const copy = `${engine} cp ${name}:${path} chroma-data`;
  return {
    code: 'compose-data-at-risk',
    what: `Chroma's data lies in the container ${name} alone, and would be lost with it.`,
    why: `It has no volume at ${path}. ${changed}.`,
    next: `Copy the data out (${copy}), remove the container (${compose('rm', '--stop')}), make it again (${compose('up', '--no-start')}), copy the data into it (${engine} cp chroma-data/. ${name}:${path}), then start the server. ${undo}`,
    action: { terminal: copy, label: 'Copy Data Out' },
  };
}
