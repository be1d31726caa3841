import { Document, isMap, isNode, isScalar, isSeq, type Node } from 'yaml';

import type { YamlMap, YamlValue } from './yaml-value.ts';

/** How a text looks. */
export interface YamlLayout {
  /** Comments by the path of the entry below them, such as `services/chroma/ports`. */
  readonly comments: ReadonlyMap<string, string>;
  /** Whether a blank line goes before the entry at a path. */
  readonly spaced: (path: readonly string[]) => boolean;
  /** Columns of a level. */
  readonly indent: number;
  /** Whether the dashes of a list are further in than the key above them. */
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
  // Old readers know YAML 1.1, for which `yes` and `1:30` are not text: they get quotes.
  const document = new Document(value, { schema: 'yaml-1.1', aliasDuplicateObjects: false });
  decorate(document.contents, layout, path);
  return document.toString({
    indent: layout.indent,
    indentSeq: layout.indentSequences,
    // The long lines are commands: none is folded.
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
  const text = comments.get(path.join('/')) ?? '';
  if (text !== '') node.commentBefore = text.replaceAll(/^/gm, ' ');
}
