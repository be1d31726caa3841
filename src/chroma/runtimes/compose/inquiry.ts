import { findComposeFiles } from './project-files.ts';
import type { FindHolder, ResolveProject, TryChange } from './resolved-project.ts';
import type { YamlMap } from '../../../system/yaml/yaml-text.ts';
import { ExplainedError } from '../../../system/errors.ts';
import { ProgramNotFoundError } from '../../../system/processes/program.ts';
import { findHolder, listComposeContainers, readDataPath } from './containers.ts';
import { findCompose, isOld, resolveProject, type ComposeProgram } from './program.ts';
import { Engine } from '../../../containers/engine.ts';

/** Who is asked before a Compose file is written. */
interface Inquiry {
  readonly resolve: ResolveProject;
  readonly tryChange: TryChange;
  readonly findHolder: FindHolder;
}

/**
 * Asks Compose and the engine what is there, as a start does. What cannot be asked gives nothing:
 * a Compose file can be written without either.
 *
 * @param containerCommand of the engine
 */
export function inquire(
  containerCommand: string,
  workspace: string,
  signal?: AbortSignal,
): Inquiry {
  const engine = new Engine(containerCommand);
  const find = (): Promise<ComposeProgram | undefined> =>
    unlessExplained(() => findCompose(engine, signal));
  return {
    resolve: async () => {
      const compose = await find();
      return compose && (await resolveProject({ compose }, workspace, signal)).whole;
    },
    tryChange: async ({ name, before, after }) => {
      const compose = await find();
      if (!compose) return undefined;
      const { files, folder } = await findComposeFiles(workspace);
      const named = files.flatMap((file) => ['--file', file === name ? '-' : file]);
      // podman-compose, 1.x too, has no option for the folder: it takes the one that it is run in.
      const isRunThere = isOld(compose) && folder === workspace;
      const location = isRunThere ? [] : ['--project-directory', folder];
      const options = { compose, whole: [...named, ...location] };
      const ask = async (text: string): Promise<YamlMap> =>
        (await resolveProject(options, workspace, signal, text)).whole;
      // The program of old refuses `-` beside other files, and podman-compose another folder, whatever
      // the file says.
      const former = await unlessExplained(() => ask(before));
      return former && { before: former, after: await ask(after) };
    },
    findHolder: async (service) => {
      const found = await unlessExplained(() => listComposeContainers(engine, workspace, signal));
      const holder = findHolder({ services: [service] }, found ?? []);
      if (!holder) return undefined;
      const path = readDataPath(holder);
      return {
        container: holder.Name.replace(/^\//, ''),
        ...(path === undefined ? {} : { path }),
        engine: containerCommand,
      };
    },
  };
}

/** What is explained is that it is not there: it is said where it is needed. */
async function unlessExplained<Result>(ask: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ExplainedError || error instanceof ProgramNotFoundError) return undefined;
    throw error;
  }
}
