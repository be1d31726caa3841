import { listComposeContainers } from '../chroma/runtimes/compose/compose-containers.ts';
import {
  describeRisk,
  findDataHolder,
  type DataAtRisk,
} from '../chroma/runtimes/compose/data-at-risk.ts';
import { resolveProject } from '../containers/compose/config.ts';
import { findCompose, isOld } from '../containers/compose/compose-program.ts';
import { findComposeFiles } from '../containers/compose/project-files.ts';
import { Engine } from '../containers/engine.ts';
import { ExplainedError } from '../system/errors.ts';
import { ProgramNotFoundError } from '../system/processes/program.ts';
import type { YamlMap } from '../system/yaml/yaml-value.ts';

/** A change to a file of a project that is to be tried: the whole text before and after. */
interface FileChange {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** What Compose makes of a project without a change and with it, asked in the same way. */
export interface Trial {
  readonly before: YamlMap;
  readonly after: YamlMap;
}

/** What Compose and the engine are asked before a Compose file is written. */
export interface Inquiry {
  /**
   * The workspace's project as Compose resolves it; undefined where there is no Compose. Throws
   * ExplainedError `compose-broken`, `compose-not-understood`.
   */
  readonly resolve: () => Promise<YamlMap | undefined>;
  /**
   * What a change would make of the project; undefined where this Compose cannot try one. Throws as
   * `resolve` does where Compose cannot read the change.
   */
  readonly tryChange: (change: FileChange) => Promise<Trial | undefined>;
  /** The data of a service that its container alone holds; undefined where there is none. */
  readonly findDataAtRisk: (service: string) => Promise<DataAtRisk | undefined>;
}

/**
 * Asks Compose and the engine as a start does. Neither has to be there: a Compose file can be written
 * without them.
 *
 * @param containerCommand of the engine
 */
export function inquire(
  containerCommand: string,
  workspace: string,
  signal?: AbortSignal,
): Inquiry {
  const engine = new Engine(containerCommand);
  const find = () => unlessExplained(() => findCompose(engine, signal));
  return {
    resolve: async () => {
      const compose = await find();
      return compose && resolveProject({ compose }, workspace, signal);
    },
    tryChange: async ({ name, before, after }) => {
      const compose = await find();
      if (!compose) return undefined;
      const { files, folder } = await findComposeFiles(workspace);
      const named = files.flatMap((file) => ['--file', file === name ? '-' : file]);
      // podman-compose has no option for the folder: it takes the one that it is run in.
      const isRunThere = isOld(compose) && folder === workspace;
      const where = isRunThere ? [] : ['--project-directory', folder];
      const options = { compose, whole: [...named, ...where] };
      const ask = (text: string) => resolveProject(options, workspace, signal, text);
      // docker-compose 1.29 refuses `-` beside other files, and podman-compose another folder, with
      // any text.
      const former = await unlessExplained(() => ask(before));
      return former && { before: former, after: await ask(after) };
    },
    findDataAtRisk: async (service) => {
      const found = await unlessExplained(() => listComposeContainers(engine, workspace, signal));
      const holder = findDataHolder(service, found ?? []);
      return holder && describeRisk(holder, containerCommand);
    },
  };
}

/** An explained failure says that a program is missing: it is told where the program is needed. */
async function unlessExplained<Result>(ask: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ExplainedError || error instanceof ProgramNotFoundError) return undefined;
    throw error;
  }
}
