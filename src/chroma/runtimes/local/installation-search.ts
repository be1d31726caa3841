import { join } from 'node:path';
import { ExplainedError } from '../../../system/errors.ts';
import { nameGeneration, type Generation } from '../../version.ts';
import { findPython, inspectProgram, inspectPython, type Installation } from './installation.ts';

export interface Wanted {
  readonly workspace: string;
  readonly generation: Generation;
  /** The setting `localCommand`; empty where nobody chose one. */
  readonly localCommand: string;
  /** The interpreter chosen in the editor; asked only when it comes to it. */
  readonly chosenInterpreter?: (() => Promise<string | undefined>) | undefined;
}

export interface FoundInstallation {
  readonly installation?: Installation;
  /** What was found and does not fit, such as `chromadb 0.5.13 in /home/me/project/.venv`. */
  readonly passedOver: readonly string[];
}

interface SearchedLocation {
  /** As a user would name it. */
  readonly name: string;
  readonly inspect: () => Promise<Installation | undefined>;
}

/**
 * Looks for a Chroma of the wanted generation: the configured command and nothing else; or, in turn, the
 * workspace's Python environment, the one chosen in the editor, the active one, `chroma` on PATH.
 *
 * @throws ExplainedError `local-command-unusable`
 */
export async function findInstallation(
  wanted: Wanted,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<FoundInstallation> {
  const { localCommand, generation } = wanted;
  if (localCommand !== '') {
    return { installation: await inspectConfigured(localCommand, generation), passedOver: [] };
  }
  const passedOver = new Set<string>();
  for await (const { name, inspect } of listLocations(wanted, environment)) {
    const installation = await inspect();
    if (!installation) continue;
    if (canServe(installation, generation)) return { installation, passedOver: [...passedOver] };
    passedOver.add(`chromadb ${installation.version} in ${name}`);
  }
  return { passedOver: [...passedOver] };
}

async function* listLocations(
  { workspace, chosenInterpreter }: Wanted,
  environment: NodeJS.ProcessEnv,
): AsyncGenerator<SearchedLocation> {
  for (const folder of ['.venv', 'venv', 'env']) yield environmentLocation(join(workspace, folder));
  const chosen = await chosenInterpreter?.();
  if (chosen !== undefined) yield { name: chosen, inspect: () => inspectPython(chosen) };
  for (const variable of ['VIRTUAL_ENV', 'CONDA_PREFIX']) {
    const folder = environment[variable];
    if (folder) yield environmentLocation(folder);
  }
  yield { name: 'the chroma on PATH', inspect: () => inspectProgram('chroma', environment) };
}

function environmentLocation(folder: string): SearchedLocation {
  return {
    name: folder,
    inspect: async () => {
      const python = await findPython(folder);
      return python === undefined ? undefined : inspectPython(python);
    },
  };
}

/** 1.x is served by its program; before that, uvicorn in its Python serves it. */
function canServe({ generation, chroma, python }: Installation, wanted: Generation): boolean {
  if (generation !== wanted) return false;
  // A batch file, as npm puts it beside its programs on Windows, only runs in a shell.
  return generation === 'rust'
    ? chroma !== undefined && !/\.(cmd|bat)$/i.test(chroma)
    : python !== undefined;
}

async function inspectConfigured(command: string, generation: Generation): Promise<Installation> {
  const found = await inspectProgram(command);
  if (found && canServe(found, generation)) return found;
  throw new ExplainedError({
    code: 'local-command-unusable',
    what: `${command} cannot serve Chroma ${nameGeneration(generation)}, which the setting chromaTls.image asks for.`,
    why: found ? `It is Chroma ${found.version}.` : 'It was not found, or it is not Chroma.',
    next: 'Correct the setting chromaTls.localCommand, or empty it.',
    action: 'openSettings',
  });
}
