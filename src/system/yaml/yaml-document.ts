import { isNode, parseDocument, type Document } from 'yaml';
import { ExplainedError } from '../errors.ts';
import type { YamlValue } from './yaml-value.ts';

/** Parses a YAML text; a merge key (`<<`) counts as the entries it brings. */
export function parseYaml(source: string): Document {
  return parseDocument(source, { merge: true });
}

/**
 * Reads a document's content. Aliases of aliases can make a few hundred bytes fill the memory, so
 * the library limits them.
 *
 * @throws ExplainedError `yaml-too-many-aliases`
 */
export function readYaml(document: Document): YamlValue {
  return readNode(document, document.contents) ?? null;
}

/**
 * The content of a node of a document; undefined where it is not a node.
 *
 * @throws ExplainedError `yaml-too-many-aliases`
 */
export function readNode(document: Document, node: unknown): YamlValue | undefined {
  if (node === null) return null;
  if (!isNode(node)) return undefined;
  try {
    return node.toJS(document) as YamlValue;
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new ExplainedError(
      {
        code: 'yaml-too-many-aliases',
        what: 'The YAML file refers to parts of itself too often.',
        why: 'Resolving them would fill the memory.',
        next: 'Use fewer aliases (*name), then try again.',
      },
      error,
    );
  }
}
