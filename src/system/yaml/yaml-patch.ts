import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Pair, YAMLMap, YAMLSeq } from 'yaml';
import { ExplainedError } from '../errors.ts';
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
import {
  isYamlMap,
  isYamlSequence,
  writeYaml,
  type YamlLayout,
  type YamlMap,
  type YamlValue,
} from './yaml-text.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/** A stretch of the text, and what stands there from now on. */
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

/** The text cannot be brought to say that by changing only what differs. */
export class NotPatchableError extends Error {}

/** Reads a YAML text; a merge key (`<<`) counts as what it brings along. */
export function parseYaml(source: string): Document {
  return parseDocument(source, { merge: true });
}

/**
 * What a document says. Aliases of aliases can make a few hundred bytes fill the memory, so the
 * library's limit of them holds.
 *
 * @throws ExplainedError `yaml-too-many-aliases`
 */
export function readYaml(document: Document): YamlValue {
  return resolveAliases(() => document.toJS() as YamlValue);
}

function resolveAliases(read: () => YamlValue): YamlValue {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new ExplainedError(
      {
        code: 'yaml-too-many-aliases',
        what: 'The YAML file refers to parts of itself too often.',
        why: 'Written out in full, it would fill the memory.',
        next: 'Write out some of the parts that its aliases (*name) stand for, then try again.',
      },
      error,
    );
  }
}

/**
 * Changes a YAML text so that it says `wanted`, and leaves every byte alone that need not change:
 * comments, order, quotes, anchors, indentation, line ends.
 *
 * @throws NotPatchableError where the text is written so that this cannot be done, such as a map
 *   in braces with comments in it, or an anchor that would carry a change to another place
 */
export function patchYaml(
  text: string,
  wanted: YamlMap,
  look: Pick<YamlLayout, 'comments' | 'spaced'>,
): string {
  // The library's places are counted from behind it.
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
  const source = text.slice(mark.length);
  const document = parseYaml(source);
  if (!isMap(document.contents)) throw new NotPatchableError('It is no map.');
  const layout = { ...look, ...detectIndentation(source, document) };
  const patch: Patch = { source, document, layout, edits: [] };
  patchMap(patch, document.contents, wanted, []);
  const result = applyEdits(source, patch.edits);
  const after = parseYaml(result);
  // Whatever was missed above (an anchor used elsewhere, a rare way to write): it is seen here.
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
  const visible = plain(patch, map);
  const inherited = isYamlMap(visible) ? visible : {};
  const missing = Object.entries(wanted).filter(
    ([key, value]) => !own.has(key) && !isDeepStrictEqual(inherited[key], value),
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
  if (isDeepStrictEqual(plain(patch, value), wanted)) return;
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
    // A word for a word: what stands between them and the key, an anchor perhaps, stays.
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
    } else if (!isDeepStrictEqual(plain(patch, item), value)) {
      if (hasComments(item)) throw unreadable(path);
      const text = writeItems(patch, [value], [...path, String(index)], column).trim();
      patch.edits.push({ start: dashBefore(source, start), end, text });
    }
  }
  const added = wanted.slice(items.length);
  if (added.length === 0) return;
  const text = writeItems(patch, added, path, column);
  insertAfter(patch, contentEnd(source, items.at(-1)), column, text);
}

/** Entries of a map as they stand at a column, whole lines. */
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

function writeItems(
  { layout }: Patch,
  items: readonly YamlValue[],
  path: readonly string[],
  column: number,
): string {
  return indent(writeYaml(items, layout, path), column);
}

function indent(text: string, column: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(column));
}

/** Puts lines below the one a place is on, and below the comments that stand under it as closely. */
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

/** An entry's key; undefined for a merge key, which the library reads as a symbol. */
function keyOf({ key }: Pair): string | undefined {
  return isScalar(key) && typeof key.value !== 'symbol' ? String(key.value) : undefined;
}

function plain({ document }: Patch, node: unknown): YamlValue | undefined {
  if (node === null) return null;
  if (!isNode(node)) return undefined;
  return resolveAliases(() => node.toJS(document) as YamlValue);
}

function isWord(value: YamlValue): boolean {
  return value !== null && typeof value !== 'object';
}

function unreadable(path: readonly string[]): NotPatchableError {
  return new NotPatchableError(`${path.join('.')} is written in a form that cannot be edited.`);
}
