import { ExplainedError } from '../system/errors.ts';
import { SEPARATE_COMPOSE_FILE } from '../chroma/runtimes/compose/project-files.ts';
import { mapOf } from './merge-project.ts';
import {
  isYamlMap,
  isYamlSequence,
  type YamlMap,
  type YamlValue,
} from '../system/yaml/yaml-text.ts';

/** A file of a project, and what it says. */
export interface ProjectFile {
  /** Relative to the workspace. */
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
  readonly says: YamlMap;
}

/**
 * The file of a project that Chroma is to be put into: the one whose ports of it count, else the
 * first that has it, else the first. Lists of several files add up, so the ports of another one
 * would stay. Pure.
 *
 * @param chroma the name of its service
 * @param isThere whether the project has such a service
 * @throws ExplainedError `compose-elsewhere` where none of the files has it
 */
export function chooseTarget(
  files: readonly ProjectFile[],
  chroma: string,
  isThere: boolean,
): ProjectFile | undefined {
  const serviceIn = ({ says }: ProjectFile): YamlValue | undefined =>
    mapOf(says['services'])[chroma];
  const having = files.filter((file) => serviceIn(file) !== undefined);
  if (isThere && having.length === 0) throw elsewhere(files, chroma);
  return having.findLast((file) => 'ports' in mapOf(serviceIn(file))) ?? having[0] ?? files[0];
}

function elsewhere(files: readonly ProjectFile[], chroma: string): ExplainedError {
  const included = files.flatMap(({ says }) => listIncluded(says['include']));
  const where = included.length === 0 ? 'another file' : included.join(', ');
  const [first] = files;
  return new ExplainedError({
    code: 'compose-elsewhere',
    what: `Chroma is the service ${chroma} of this project already, and does not stand in ${first?.name ?? 'its file'}.`,
    why: `It is taken in from ${where}, and Compose refuses a second one of that name.`,
    next: `Create the Compose file in the folder of that file, or have a server apart written to ${SEPARATE_COMPOSE_FILE}.`,
    action: 'createSeparateComposeFile',
  });
}

/** The paths of `include`, which are texts or maps with one or more. */
function listIncluded(include: YamlValue | undefined): readonly string[] {
  const entries = isYamlSequence(include) ? include : [];
  return entries.flatMap((entry) => {
    const path = isYamlMap(entry) ? entry['path'] : entry;
    return (isYamlSequence(path) ? path : [path ?? null]).filter(
      (item) => typeof item === 'string',
    );
  });
}
