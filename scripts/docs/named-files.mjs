// What the pages say of files: a name that no file has leads a reader nowhere.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { repository } from '../dependencies.mjs';

/** The folders whose files the pages name. */
const folders = ['src', 'test', 'scripts'];

/** @returns {Promise<string[]>} a sentence for each name that no file has */
export async function findMissingNames() {
  const files = (await Promise.all(folders.map(filesIn))).flat();
  const docs = (await readdir(join(repository, 'docs'))).map((name) => `docs/${name}`);
  const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...docs];
  const problems = [];
  for (const page of pages.filter((name) => name.endsWith('.md'))) {
    const text = await readFile(join(repository, page), 'utf8');
    for (const [, name] of text.matchAll(/`([\w./-]+\.(?:ts|mjs))`/g)) {
      if (!files.some((file) => `/${file}`.endsWith(`/${name}`))) {
        problems.push(`${page} names \`${name}\`, which does not exist. Name the right file.`);
      }
    }
    for (const [, name = ''] of text.matchAll(
      /(?:\]\(|src(?:set)?=")([^)":]+\.(?:png|svg|webp))/g,
    )) {
      if (existsSync(join(repository, dirname(page), name))) continue;
      problems.push(`${page} shows ${name}, which does not exist. Run \`npm run pictures\`.`);
    }
  }
  return problems;
}

/** @param {string} folder */
async function filesIn(folder) {
  const names = await readdir(join(repository, folder), { recursive: true });
  return names.map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}
