import { join } from 'node:path';
import { readFromEnvFile } from '../../project/env-file.ts';
import {
  isYamlMap,
  isYamlSequence,
  mapOf,
  type YamlMap,
  type YamlValue,
} from '../../system/yaml/yaml-value.ts';

/** A text with Compose's variables in it, as it is where none of them is set. Pure. */
export function withDefaults(text: string): string {
  return text.replaceAll(/\$\{\w+:?-([^}]*)\}/g, '$1');
}

/** What a Compose file says with its variables set, from the environment or the project's `.env`. */
export async function setVariables(project: YamlMap, workspace: string): Promise<YamlMap> {
  const values = new Map<string, string | undefined>();
  for (const [, name = ''] of JSON.stringify(project).matchAll(/\$\{?(\w+)/g)) {
    const set = process.env[name];
    values.set(name, set ?? (await readFromEnvFile(join(workspace, '.env'), name)));
  }
  return mapOf(setIn(project, values));
}

function setIn(value: YamlValue, values: ReadonlyMap<string, string | undefined>): YamlValue {
  if (typeof value === 'string') {
    return value.replaceAll(
      /\$\$|\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)/g,
      (whole, braced?: string, fallback?: string, bare?: string) => {
        if (whole === '$$') return '$';
        const set = values.get(braced ?? bare ?? '') ?? '';
        return set === '' ? (fallback ?? whole) : set;
      },
    );
  }
  if (isYamlSequence(value)) return value.map((item) => setIn(item, values));
  if (!isYamlMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, setIn(inner, values)]),
  );
}
