// `npm run docs`: draws the picture of the storeys; with `--check` it writes nothing. It fails if the
// picture is stale or a page names a file that does not exist.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies, repository } from './dependencies.mjs';

ensureDependencies();
const { findMissingNames } = await import('./docs/named-files.mjs');
const { readStoreys } = await import('./docs/storeys.mjs');
const { drawStoreys } = await import('./docs/storeys-picture.mjs');

const PICTURE = 'docs/images/storeys.svg';

const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
const file = join(repository, PICTURE);
try {
  const picture = drawStoreys(await readStoreys());
  if (!values.check) await writeFile(file, picture);
  const problems = await findMissingNames();
  if ((await readFile(file, 'utf8').catch(() => '')) !== picture) {
    problems.push(`${PICTURE} is not what the code is now. Run \`npm run docs\` and commit it.`);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
