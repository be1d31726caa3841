import { findComposeFiles } from '../../compose/compose-file.ts';
import type { FindHolder, ResolveProject } from '../../compose/resolved-project.ts';
import { ExplainedError } from '../../errors.ts';
import { ProgramNotFoundError } from '../../process.ts';
import { findHolder, listComposeContainers, readDataPath } from './compose-containers.ts';
import { findCompose, resolveProject } from './compose-program.ts';
import { Engine } from './docker-engine.ts';
import { describeImage } from '../version.ts';

/** Who is asked before a Compose file is written. */
interface Inquiry {
  readonly resolve: ResolveProject;
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
  return {
    resolve: async (replaced) => {
      const compose = await unlessExplained(() => findCompose(engine, signal));
      if (!compose) return undefined;
      if (!replaced) return (await resolveProject({ compose }, workspace, signal)).whole;
      const { files, folder } = await findComposeFiles(workspace);
      const named = files.flatMap((name) => ['--file', name === replaced.name ? '-' : name]);
      const whole = [...named, '--project-directory', folder];
      const options = { compose, whole };
      return (await resolveProject(options, workspace, signal, replaced.text)).whole;
    },
    findHolder: async (service) => {
      const found = await unlessExplained(() => listComposeContainers(engine, workspace, signal));
      const holder = findHolder({ services: [service] }, found ?? []);
      return (
        holder && {
          container: holder.Name.replace(/^\//, ''),
          path: readDataPath(holder) ?? describeImage(holder.Image).dataPath,
          engine: containerCommand,
        }
      );
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
