import { setVariables } from '../containers/compose/variables.ts';
import { ExplainedError } from '../system/errors.ts';
import { isYamlMap, mapOf, type YamlMap } from '../system/yaml/yaml-value.ts';

/**
 * A project of one plain file with its variables set, where there is no Compose to ask.
 *
 * @param project what the file says
 * @param files all files of the project
 * @throws ExplainedError `compose-unresolved` where the file takes in others
 */
export async function resolvePlainProject(
  project: YamlMap,
  files: readonly string[],
  workspace: string,
): Promise<YamlMap> {
  const takesOthers =
    files.length > 1 ||
    'include' in project ||
    Object.values(mapOf(project['services'])).some(
      (service) => isYamlMap(service) && ('extends' in service || 'env_file' in service),
    );
  if (!takesOthers) return setVariables(project, workspace);
  throw new ExplainedError({
    code: 'compose-unresolved',
    what: 'This Compose file cannot be resolved without Compose.',
    why: 'It takes in other files (include, extends, env_file, an override or COMPOSE_FILE).',
    next: 'Install the Compose plugin, or write Chroma to a file of its own.',
    action: 'createSeparateComposeFile',
  });
}
