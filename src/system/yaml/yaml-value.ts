/** What a YAML text says, as plain data. */
export type YamlValue =
  string | number | boolean | null | readonly YamlValue[] | { readonly [key: string]: YamlValue };

export type YamlMap = Readonly<Record<string, YamlValue>>;

export function isYamlMap(value: YamlValue | undefined): value is YamlMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isYamlSequence(value: YamlValue | undefined): value is readonly YamlValue[] {
  return Array.isArray(value);
}

/** A map; an empty one for anything else. */
export function mapOf(value: YamlValue | undefined): YamlMap {
  return isYamlMap(value) ? value : {};
}

/** A list; an empty one for anything else. */
export function listOf(value: YamlValue | undefined): readonly YamlValue[] {
  return isYamlSequence(value) ? value : [];
}

/** A word or a number as text; an empty one for anything else. */
export function textOf(value: YamlValue | undefined): string {
  return typeof value === 'object' || value === undefined ? '' : String(value);
}
