import { isCollection, isMap, isNode, isPair, isScalar, isSeq, Scalar, visit } from 'yaml';
import type { Document, Pair } from 'yaml';
import type { YamlLayout } from './yaml-text.ts';

/** Where a node's own text begins, and ends. */
export function rangeOf(node: unknown): readonly [start: number, end: number] {
  if (!isNode(node) || !node.range) return [0, 0];
  const [start, end] = node.range;
  return [start, end];
}

/**
 * Where the last item inside a node ends. The range of a list or a map includes the comments after
 * it, which may belong to the next entry.
 */
export function contentEnd(source: string, node: unknown): number {
  if (isCollection(node) && node.flow !== true) {
    const last: unknown = node.items.at(-1);
    if (last !== undefined) return isPair(last) ? entryEnd(source, last) : contentEnd(source, last);
  }
  const [start, end] = rangeOf(node);
  return start + source.slice(start, end).trimEnd().length;
}

/** Where an entry of a map ends: its value, or the colon where it has none. */
export function entryEnd(source: string, { key, value }: Pair): number {
  const [, keyEnd] = rangeOf(key);
  const colon = source.indexOf(':', keyEnd) + 1;
  return isNode(value) ? Math.max(colon, contentEnd(source, value)) : colon;
}

/** The start of the line after the one a place is on. */
export function nextLine(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  return end === -1 ? source.length : end + 1;
}

export function columnOf(source: string, at: number): number {
  return at - (source.lastIndexOf('\n', at - 1) + 1);
}

/** Whether a value is a word or a quoted text, which can be replaced where it stands. */
export function isInline(node: unknown): boolean {
  return isScalar(node) && node.type !== Scalar.BLOCK_FOLDED && node.type !== Scalar.BLOCK_LITERAL;
}

/** Whether a node has a comment inside; one after it on its line does not count. */
export function hasComments(node: unknown): boolean {
  if (!isCollection(node)) return false;
  let found = false;
  visit(node, (_, inner) => {
    if (inner === node || !isNode(inner)) return;
    found ||= Boolean(inner.comment) || Boolean(inner.commentBefore);
  });
  return found;
}

/** How a text is indented most often; two columns where it has no example. */
export function detectIndentation(
  source: string,
  document: Document,
): Pick<YamlLayout, 'indent' | 'indentSequences'> {
  const maps: number[] = [];
  const sequences: boolean[] = [];
  visit(document, {
    Pair: (_, { key, value }) => {
      if (!isCollection(value) || value.flow === true) return;
      const [first]: readonly unknown[] = value.items;
      const keyColumn = columnOf(source, rangeOf(key)[0]);
      if (isMap(value) && isPair(first)) {
        maps.push(columnOf(source, rangeOf(first.key)[0]) - keyColumn);
      } else if (isSeq(value) && first !== undefined) {
        sequences.push(columnOf(source, dashBefore(source, rangeOf(first)[0])) > keyColumn);
      }
    },
  });
  return { indent: mostFrequent(maps) ?? 2, indentSequences: mostFrequent(sequences) ?? true };
}

function mostFrequent<Value>(values: readonly Value[]): Value | undefined {
  const count = (value: Value): number => values.filter((other) => other === value).length;
  return values.toSorted((one, other) => count(other) - count(one))[0];
}

/** Where the dash of a list's item stands. */
export function dashBefore(source: string, itemStart: number): number {
  return source.lastIndexOf('-', itemStart - 1);
}
