import { join } from 'node:path';
import { ExplainedError } from '../../../system/errors.ts';
import { readFromEnvFile } from '../../../project/env-file.ts';
import type { ComposeFiles } from './project-files.ts';
import {
  isYamlMap,
  isYamlSequence,
  type YamlMap,
  type YamlValue,
} from '../../../system/yaml/yaml-text.ts';

/** A change to a file of a project that is to be tried: its text, and the one that it has not got yet. */
interface FileChange {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** What Compose makes of a project without a change and with it, asked in one and the same form. */
export interface Trial {
  readonly before: YamlMap;
  readonly after: YamlMap;
}

/**
 * What a workspace's project comes to, as Compose itself resolves it; undefined where there is no
 * Compose. Throws ExplainedError `compose-broken` where Compose cannot read it, and
 * `compose-not-understood` where its answer makes no sense.
 */
export type ResolveProject = () => Promise<YamlMap | undefined>;

/**
 * What a change would make of the project; undefined where this Compose cannot try one. Throws as
 * ResolveProject does where it is the change that Compose cannot read.
 */
export type TryChange = (change: FileChange) => Promise<Trial | undefined>;

/** A container that holds data which lies in no volume, as far as can be told. */
export interface DataHolder {
  readonly container: string;
  /** Where in it; none where that cannot be told. */
  readonly path?: string;
  /** The engine's program. */
  readonly engine: string;
}

/** The container whose data is in itself alone, of a service; undefined where there is none. */
export type FindHolder = (service: string) => Promise<DataHolder | undefined>;

/**
 * A project of one plain file with its variables set, where there is no Compose to ask.
 *
 * @param project what the file says
 * @throws ExplainedError `compose-unresolved` where the file takes in others
 */
export async function resolvePlainProject(
  project: YamlMap,
  { files }: Pick<ComposeFiles, 'files'>,
  workspace: string,
): Promise<YamlMap> {
  const services = isYamlMap(project['services']) ? Object.values(project['services']) : [];
  const takesOthers =
    files.length > 1 ||
    'include' in project ||
    services.some(
      (service) => isYamlMap(service) && ('extends' in service || 'env_file' in service),
    );
  if (takesOthers) throw unresolved();
  const values = new Map<string, string | undefined>();
  for (const [, name = ''] of JSON.stringify(project).matchAll(/\$\{?(\w+)/g)) {
    const set = process.env[name];
    values.set(name, set ?? (await readFromEnvFile(join(workspace, '.env'), name)));
  }
  const resolved = resolveVariables(project, values);
  return isYamlMap(resolved) ? resolved : {};
}

function resolveVariables(
  value: YamlValue,
  values: ReadonlyMap<string, string | undefined>,
): YamlValue {
  if (typeof value === 'string') {
    return value.replaceAll(
      /\$\$|\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)/g,
      (whole, braced?: string, fallback?: string, bare?: string) => {
        if (whole === '$$') return '$';
        const set = values.get(braced ?? bare ?? '');
        return set !== undefined && set !== '' ? set : (fallback ?? whole);
      },
    );
  }
  if (isYamlSequence(value)) return value.map((item) => resolveVariables(item, values));
  if (!isYamlMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, resolveVariables(inner, values)]),
  );
}

function unresolved(): ExplainedError {
  return new ExplainedError({
    code: 'compose-unresolved',
    what: 'What the Compose file comes to cannot be told without Compose.',
    why: 'It takes in other files (include, extends, env_file, an override or COMPOSE_FILE).',
    next: 'Install the Compose plugin, or have Chroma written to a file of its own.',
    action: 'createSeparateComposeFile',
  });
}
