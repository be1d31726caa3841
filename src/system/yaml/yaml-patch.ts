import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, isSeq } from 'yaml';
import type { Document, Pair, YAMLMap, YAMLSeq } from 'yaml';
import { parseYaml, readNode, readYaml } from './yaml-document.ts';
import {
  columnOf,
  contentEnd,
  dashBefore,
  detectIndentation,
  entryEnd,
  hasComments,
  isInline,
  nextLine,
  rangeOf,
} from './yaml-source.ts';
import { writeYaml, type YamlLayout } from './yaml-text.ts';
import { isYamlSequence, isYamlMap, mapOf, type YamlMap, type YamlValue } from './yaml-value.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/** A part of the text, and what replaces it. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Patch {
  readonly source: string;
  readonly document: Document;
  readonly layout: YamlLayout;
  readonly edits: Edit[];
}

/** The text cannot be changed without changing more than it should. */
export class NotPatchableError extends Error {}

/**
 * Changes a YAML text so that it says `wanted`, and leaves every other byte as it is: comments, order,
 * quotes, anchors, indentation, line ends.
 *
 * @throws NotPatchableError where the way the text is written does not allow it, such as a map in
 *   braces with comments in it, or an anchor that would carry a change to another place
 */
export function patchYaml(
  text: string,
  wanted: YamlMap,
  look: Pick<YamlLayout, 'comments' | 'spaced'>,
): string {
  // The library counts places from behind the mark.
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
  const source = text.slice(mark.length);
  const document = parseYaml(source);
  if (!isMap(document.contents)) throw new NotPatchableError('It is not a map.');
  const layout = { ...look, ...detectIndentation(source, document) };
  const patch: Patch = { source, document, layout, edits: [] };
  patchMap(patch, document.contents, wanted, []);
  const result = applyEdits(source, patch.edits);
  const after = parseYaml(result);
  // Catches what was missed above, such as an anchor that is used elsewhere.
  if (after.errors.length > 0 || !isDeepStrictEqual(readYaml(after), wanted)) {
    throw new NotPatchableError('A change would reach what must not change.');
  }
  return mark + result;
}

function patchMap(patch: Patch, map: YAMLMap, wanted: YamlMap, path: readonly string[]): void {
  const { source } = patch;
  const own = new Set<string>();
  for (const pair of map.items) {
    const key = keyOf(pair);
    if (key === undefined) continue;
    own.add(key);
    const value = wanted[key];
    if (value === undefined) removeLines(patch, rangeOf(pair.key)[0], entryEnd(source, pair));
    else patchEntry(patch, pair, value, [...path, key]);
  }
  const visible = mapOf(readNode(patch.document, map));
  const missing = Object.entries(wanted).filter(
    ([key, value]) => !own.has(key) && !isDeepStrictEqual(visible[key], value),
  );
  const [first] = map.items;
  const last = map.items.at(-1);
  if (missing.length === 0) return;
  if (!first || !last || map.flow === true) throw unreadable(path);
  const column = columnOf(source, rangeOf(first.key)[0]);
  insertAfter(patch, entryEnd(source, last), column, writeEntries(patch, missing, path, column));
}

function patchEntry(patch: Patch, pair: Pair, wanted: YamlValue, path: readonly string[]): void {
  const { source } = patch;
  const { key, value } = pair;
  if (isDeepStrictEqual(readNode(patch.document, value), wanted)) return;
  if (isMap(value) && value.flow !== true && value.items.length > 0 && isYamlMap(wanted)) {
    patchMap(patch, value, wanted, path);
  } else if (isSeq(value) && value.flow !== true && isYamlSequence(wanted)) {
    patchSequence(patch, value, wanted, path);
  } else {
    if (hasComments(value)) throw unreadable(path);
    const [start] = rangeOf(key);
    const column = columnOf(source, start);
    const [valueStart, valueEnd] = rangeOf(value);
    const entry = [keyOf(pair) ?? '', wanted] as const;
    const written = writeEntries(patch, [entry], path.slice(0, -1), column).trim();
    const single = /^[^\n]*?: (.*)$/.exec(written)?.[1];
    // Only the word is replaced: what stands between it and the key, such as an anchor, stays.
    if (isInline(value) && valueStart < valueEnd && single !== undefined && isWord(wanted)) {
      patch.edits.push({ start: valueStart, end: valueEnd, text: single });
    } else {
      patch.edits.push({ start, end: entryEnd(source, pair), text: written });
    }
  }
}

function patchSequence(
  patch: Patch,
  sequence: YAMLSeq,
  wanted: readonly YamlValue[],
  path: readonly string[],
): void {
  const { source } = patch;
  const items: readonly unknown[] = sequence.items;
  const [first] = items;
  if (first === undefined) throw unreadable(path);
  const column = columnOf(source, dashBefore(source, rangeOf(first)[0]));
  for (const [index, item] of items.entries()) {
    const value = wanted[index];
    const [start] = rangeOf(item);
    const end = contentEnd(source, item);
    if (value === undefined) {
      removeLines(patch, start, end);
    } else if (!isDeepStrictEqual(readNode(patch.document, item), value)) {
      if (hasComments(item)) throw unreadable(path);
      const text = indent(
        writeYaml([value], patch.layout, [...path, String(index)]),
        column,
      ).trim();
      patch.edits.push({ start: dashBefore(source, start), end, text });
    }
  }
  const added = wanted.slice(items.length);
  if (added.length === 0) return;
  const text = indent(writeYaml(added, patch.layout, path), column);
  insertAfter(patch, contentEnd(source, items.at(-1)), column, text);
}

/** Entries of a map at a column, as whole lines. */
function writeEntries(
  { layout }: Patch,
  entries: readonly (readonly [string, YamlValue])[],
  path: readonly string[],
  column: number,
): string {
  return entries
    .map(([key, value]) => {
      const blank = layout.spaced([...path, key]) ? '\n' : '';
      return blank + indent(writeYaml({ [key]: value }, layout, path), column);
    })
    .join('');
}

function indent(text: string, column: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(column));
}

/**
 * Puts lines below the line of a place, and below the comments that follow it at the same column.
 */
function insertAfter({ source, edits }: Patch, end: number, column: number, text: string): void {
  let at = nextLine(source, end);
  for (;;) {
    const line = source.slice(at, nextLine(source, at));
    const indentation = /^ *(?=#)/.exec(line)?.[0].length ?? -1;
    if (indentation < column) break;
    at += line.length;
  }
  const lineEnd = source.endsWith('\n', at) ? '' : '\n';
  edits.push({ start: at, end: at, text: lineEnd + text });
}

function removeLines({ source, edits }: Patch, start: number, end: number): void {
  edits.push({ start: start - columnOf(source, start), end: nextLine(source, end), text: '' });
}

function applyEdits(source: string, edits: readonly Edit[]): string {
  const newline = source.includes('\r\n') ? '\r\n' : '\n';
  let result = '';
  let done = 0;
  for (const { start, end, text } of edits.toSorted((one, other) => one.start - other.start)) {
    if (start < done) throw new NotPatchableError('Two changes meet.');
    result += source.slice(done, start) + text.replaceAll('\n', newline);
    done = end;
  }
  return result + source.slice(done);
}

/** The key of an entry; undefined for a merge key, which the library reads as a symbol. */
function keyOf({ key }: Pair): string | undefined {
  return isScalar(key) && typeof key.value !== 'symbol' ? String(key.value) : undefined;
}

function isWord(value: YamlValue): boolean {
  return value !== null && typeof value !== 'object';
}

function unreadable(path: readonly string[]): NotPatchableError {
  return new NotPatchableError(`${path.join('.')} is written in a form that cannot be edited.`);
}
