// The storeys as `.dependency-cruiser.mjs` lists them, with what each one really imports.
import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { storeys as listed } from '../../.dependency-cruiser.mjs';
import { repository } from '../dependencies.mjs';

/**
 * @typedef {object} Storey
 * @property {string} name
 * @property {string} does in a phrase, from the headings of docs/architecture.md
 * @property {string[]} rooms its folders; in `src/` itself its files
 * @property {boolean} inOrder whether a room uses only those before it
 * @property {string[]} uses names of other storeys
 */

/** The files right in `src/`, each of which is a program. */
const PROGRAMS = 'programs';

/**
 * @returns {Promise<Storey[]>} from the ground up
 * @throws where a folder is not listed, or has no paragraph
 */
export async function readStoreys() {
  const page = await readFile(join(repository, 'docs/architecture.md'), 'utf8');
  /** @type {Map<string, Storey>} */
  const storeys = new Map();
  for (const path of listed) {
    const [, name = PROGRAMS, ...inner] = path.split('/');
    const does = new RegExp(`^### ${name}: (.+)$`, 'm').exec(page)?.[1];
    if (does === undefined) {
      throw new Error(
        `Write a paragraph on ${name} in docs/architecture.md, below "### ${name}: …".`,
      );
    }
    const storey = storeys.get(name) ?? { name, does, rooms: [], inOrder: false, uses: [] };
    if (inner.length > 0) storey.rooms.push(inner.join('/'));
    storey.inOrder = storey.rooms.length > 0;
    storeys.set(name, storey);
  }
  for (const file of await sourceFiles()) {
    const storey = storeys.get(storeyOf(file));
    if (storey === undefined) {
      throw new Error(`${file} is in no storey. List its folder in .dependency-cruiser.mjs.`);
    }
    const room = posix.relative(`src/${storey.name}`, file).split('/')[0] ?? '';
    const name = storey.name === PROGRAMS ? posix.basename(file) : room;
    const isRoom = storey.name === PROGRAMS || !room.endsWith('.ts');
    if (!storey.inOrder && isRoom && !storey.rooms.includes(name)) storey.rooms.push(name);
    for (const imported of await importsOf(file)) {
      const used = storeyOf(imported);
      if (used !== storey.name && !storey.uses.includes(used)) storey.uses.push(used);
    }
  }
  return [...storeys.values()];
}

/** @param {string} file */
function storeyOf(file) {
  const parts = file.split('/');
  return parts.length > 2 ? (parts[1] ?? PROGRAMS) : PROGRAMS;
}

async function sourceFiles() {
  const names = await readdir(join(repository, 'src'), { recursive: true });
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => posix.join('src', name.replaceAll('\\', '/')))
    .sort();
}

/**
 * @param {string} file
 * @returns {Promise<string[]>} what it imports of ours, types included
 */
async function importsOf(file) {
  const text = await readFile(join(repository, file), 'utf8');
  return ts
    .preProcessFile(text)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(posix.dirname(file), name));
}
