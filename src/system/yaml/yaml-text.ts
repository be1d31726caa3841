import { Document, isMap, isNode, isScalar, isSeq, type Node } from 'yaml';

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

/** How a text looks, beyond what it says. */
export interface YamlLayout {
  /** Comments by the path of what they stand above, such as `services/chroma/ports`. */
  readonly comments: ReadonlyMap<string, string>;
  /** Whether a blank line goes before the entry at a path. */
  readonly spaced: (path: readonly string[]) => boolean;
  /** Columns a level is indented by. */
  readonly indent: number;
  /** Whether the dashes of a list stand further in than the key above them. */
  readonly indentSequences: boolean;
}

/**
 * Writes data as YAML, its comments in place.
 *
 * @param path where the data will stand, for its comments
 */
export function writeYaml(
  value: YamlMap | readonly YamlValue[],
  layout: YamlLayout,
  path: readonly string[] = [],
): string {
  // Old readers know YAML 1.1, for which `yes` and `1:30` are no text: they get quotes.
  const document = new Document(value, { schema: 'yaml-1.1', aliasDuplicateObjects: false });
  decorate(document.contents, layout, path);
  return document.toString({
    indent: layout.indent,
    indentSeq: layout.indentSequences,
    // No line is folded: those that are long are commands.
    lineWidth: 0,
    nullStr: '',
  });
}

function decorate(node: unknown, layout: YamlLayout, path: readonly string[]): void {
  if (isMap(node)) {
    for (const [index, { key, value }] of node.items.entries()) {
      if (!isScalar(key)) continue;
      const at = [...path, String(key.value)];
      comment(key, layout, at);
      if (index > 0 && layout.spaced(at)) key.spaceBefore = true;
      decorate(value, layout, at);
    }
  } else if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      const at = [...path, String(index)];
      if (isNode(item)) comment(item, layout, at);
      decorate(item, layout, at);
    }
  }
}

function comment(node: Node, { comments }: YamlLayout, path: readonly string[]): void {
  const text = comments.get(path.join('/'));
  if (text !== undefined) node.commentBefore = text.replaceAll(/^/gm, ' ');
}
