// The JavaScript clients of Chroma, each in a folder of its own, for the tests that run what we print.
import { join } from 'node:path';
import { asPart, keptFolder, progress } from './bench.mjs';
import { npmInstall } from './npm.mjs';

/** By the name of the part: the packages and their versions. */
const packages = {
  'client javascript': ['chromadb@3.5.0'],
  'client javascript-2': ['chromadb@2.4.6'],
  'client langchain-javascript': [
    'chromadb@3.5.0',
    '@langchain/community@1.1.29',
    '@langchain/core@1.4.0',
  ],
};

export const npmClientNames = Object.keys(packages);

/** @param {string} name */
export function npmClient(name) {
  return asPart(name, async () => {
    const wanted = packages[/** @type {keyof typeof packages} */ (name)];
    const folder = await keptFolder(
      `npm-${wanted.join('-').replaceAll(/[@/]/g, '-')}`,
      async (target) => {
        progress(name)(`installing ${wanted.join(', ')}`);
        // What is optional is a whole server, which the client does not need.
        await npmInstall(target, ['--omit=optional', ...wanted]);
      },
    );
    return { available: true, modules: join(folder, 'node_modules') };
  });
}
