import { pathToFileURL } from 'node:url';
import {
  findComposeFiles,
  NEW_COMPOSE_FILE,
  SEPARATE_COMPOSE_FILE,
} from '../containers/compose/project-files.ts';
import { setVariables } from '../containers/compose/variables.ts';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import { ExplainedError } from '../system/errors.ts';
import { readIfThere } from '../system/files/replace-file.ts';
import { parseYaml, readYaml } from '../system/yaml/yaml-document.ts';
import {
  isYamlMap,
  isYamlSequence,
  listOf,
  mapOf,
  type YamlMap,
  type YamlValue,
} from '../system/yaml/yaml-value.ts';
import type { ServiceNames } from './compose-plan.ts';
import type { Inquiry } from './inquiry.ts';
import { chooseNames } from './plan-choices.ts';

/** A file of a project, and what it says. */
interface ProjectFile {
  /** Relative to the workspace. */
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  /** None where the file is not there. */
  readonly text?: string;
  readonly says: YamlMap;
}

/** The project as it is, and the file of it that Chroma is to be put into. */
interface PresentProject {
  /** Absolute: the paths in the file begin here. */
  readonly folder: string;
  readonly target: ProjectFile;
  /** The whole project that the file belongs to, resolved. */
  readonly resolved: YamlMap;
  readonly names: ServiceNames;
}

/**
 * Reads the project of a workspace, and chooses the file of it for Chroma.
 *
 * @param resolve asks Compose; none where there is no Compose to ask
 * @throws ExplainedError `compose-broken`, `compose-elsewhere`, those of `resolvePlainProject`
 */
export async function readPresentProject(
  workspace: string,
  resolve: Inquiry['resolve'] | undefined,
): Promise<PresentProject> {
  const found = await findComposeFiles(workspace);
  const { folder } = found;
  const files = await readFiles(workspace, found.files);
  const [first] = files;
  if (!first) {
    const target = await missingFile(workspace, found.files[0] ?? NEW_COMPOSE_FILE);
    return { folder, target, resolved: {}, names: chooseNames({}, []) };
  }
  const isEmpty = files.every(({ says }) => Object.keys(says).length === 0);
  const asked = isEmpty ? {} : await resolve?.();
  const resolved = asked
    ? await addUnresolved(asked, files, workspace)
    : await resolvePlainProject(first.says, found.files, workspace);
  const services = mapOf(resolved['services']);
  const names = chooseNames(services, []);
  const target = chooseTarget(files, names.chroma, names.chroma in services) ?? first;
  return { folder, target, resolved, names };
}

/**
 * As `readPresentProject`, for a file of its own beside the user's: its service names are taken by
 * nothing in the user's project.
 */
export async function readSeparateProject(
  workspace: string,
  resolve: Inquiry['resolve'] | undefined,
): Promise<PresentProject> {
  const [own] = await readFiles(workspace, [SEPARATE_COMPOSE_FILE]);
  const target = own ?? (await missingFile(workspace, SEPARATE_COMPOSE_FILE));
  const resolved = await resolvePlainProject(target.says, [target.name], workspace);
  // The user's own files are not changed, so they may be broken.
  const project = await resolve?.().catch(() => undefined);
  const { files } = await findComposeFiles(workspace);
  const read = files.map((name) => readFiles(workspace, [name]).catch(() => []));
  const says = project ? [project] : (await Promise.all(read)).flat().map((file) => file.says);
  const taken = says.flatMap(({ services }) => Object.keys(mapOf(services)));
  const names = chooseNames(mapOf(resolved['services']), taken);
  return { folder: workspace, target, resolved, names };
}

/** podman-compose leaves out a service whose profile is off: it is added as its files have it. */
async function addUnresolved(
  project: YamlMap,
  files: readonly ProjectFile[],
  workspace: string,
): Promise<YamlMap> {
  const resolved = mapOf(project['services']);
  const left: Record<string, YamlMap> = {};
  for (const { says } of files) {
    for (const [name, service] of Object.entries(mapOf(says['services']))) {
      if (!(name in resolved)) left[name] = { ...left[name], ...mapOf(service) };
    }
  }
  return { ...project, services: { ...(await setVariables(left, workspace)), ...resolved } };
}

/**
 * The file whose ports of Chroma count, else the first that has Chroma, else the first. Ports of
 * several files add up, so those of another file would stay.
 */
function chooseTarget(
  files: readonly ProjectFile[],
  chroma: string,
  isThere: boolean,
): ProjectFile | undefined {
  const serviceIn = ({ says }: ProjectFile): YamlValue | undefined =>
    mapOf(says['services'])[chroma];
  const having = files.filter((file) => serviceIn(file) !== undefined);
  const [first] = files;
  if (!isThere || having.length > 0) {
    return having.findLast((file) => 'ports' in mapOf(serviceIn(file))) ?? having[0] ?? first;
  }
  const included = files.flatMap(({ says }) => listIncluded(says['include']));
  const where = included.length === 0 ? 'another file' : included.join(', ');
  throw new ExplainedError({
    code: 'compose-elsewhere',
    what: `Another file than ${first?.name ?? 'the main one'} has the service ${chroma} already.`,
    why: `It comes from ${where}, and Compose refuses a second one of that name.`,
    next: `Create the Compose file beside that file, or write a separate server to ${SEPARATE_COMPOSE_FILE}.`,
    action: 'createSeparateComposeFile',
  });
}

/** The paths of `include`: each entry is a text, or a map with one or more. */
function listIncluded(include: YamlValue | undefined): readonly string[] {
  return listOf(include).flatMap((entry) => {
    const path = isYamlMap(entry) ? (entry['path'] ?? null) : entry;
    return (isYamlSequence(path) ? path : [path]).filter((item) => typeof item === 'string');
  });
}

/** The files of a project that are there, as they are. */
async function readFiles(
  workspace: string,
  names: readonly string[],
): Promise<readonly ProjectFile[]> {
  const read = names.map(async (name) => {
    const file = await resolveInWorkspace(workspace, name);
    const text = await readIfThere(file);
    return text === undefined ? [] : [{ name, file, text, says: readProject(text, file) }];
  });
  return (await Promise.all(read)).flat();
}

async function missingFile(workspace: string, name: string): Promise<ProjectFile> {
  return { name, file: await resolveInWorkspace(workspace, name), says: {} };
}

function readProject(text: string, file: string): YamlMap {
  const document = parseYaml(text);
  const [error] = document.errors;
  const said = error ? undefined : (readYaml(document) ?? {});
  if (isYamlMap(said)) return said;
  throw new ExplainedError({
    code: 'compose-broken',
    what: `${file} cannot be read as a Compose file.`,
    why: error?.message.split('\n')[0] ?? 'It is not a map of services.',
    next: 'Correct it, then try again.',
    action: { open: pathToFileURL(file).href, label: 'Open File' },
  });
}

/**
 * A project of one plain file with its variables set, where there is no Compose to ask.
 *
 * @param project what the file says
 * @param files all files of the project
 * @throws ExplainedError `compose-unresolved` where the file takes in others
 */
async function resolvePlainProject(
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
    why: 'It includes other files.',
    next: 'Install the Compose plugin, or write Chroma to a file of its own.',
    action: 'createSeparateComposeFile',
  });
}
