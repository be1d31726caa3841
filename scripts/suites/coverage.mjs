// Test coverage of `src/`, from what each Node.js process writes when it ends. A file that no test loads
// is not listed.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Report } from 'c8';
import { repository } from '../dependencies.mjs';

/** @param {string} scratch a folder */
const coverageFolder = (scratch) => join(scratch, 'coverage');

/**
 * @param {string} scratch a folder
 * @returns {Promise<Record<string, string>>} an environment in which Node.js writes its coverage
 */
export async function coverageEnvironment(scratch) {
  const folder = coverageFolder(scratch);
  await mkdir(folder, { recursive: true });
  return { NODE_V8_COVERAGE: folder };
}

/**
 * Prints the coverage of all processes together, and writes `test-results/coverage/lcov.info`.
 * @param {string} scratch a folder
 */
export async function printCoverage(scratch) {
  await nameSourcesByPath(coverageFolder(scratch));
  await new Report({
    tempDirectory: coverageFolder(scratch),
    reportsDirectory: join(repository, 'test-results', 'coverage'),
    // A file of the bundle is in dist/; only its sources are in src/.
    excludeAfterRemap: true,
    include: 'src/**/*.ts',
    exclude: [],
    extension: ['.ts'],
    reporter: ['text', 'lcovonly'],
    reporterOptions: { text: { maxCols: 120 } },
    resolve: repository,
    omitRelative: true,
  }).run();
}

/**
 * c8 compares paths with `include`. Node.js writes addresses, whose counts c8 would leave out: their
 * lines would all seem covered.
 * @param {string} folder
 */
async function nameSourcesByPath(folder) {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    /** @type {{ 'source-map-cache'?: Record<string, { data?: { sources: string[] } | null }> }} */
    const coverage = JSON.parse(await readFile(file, 'utf8'));
    for (const { data } of Object.values(coverage['source-map-cache'] ?? {})) {
      if (!data) continue;
      data.sources = data.sources.map((source) =>
        source.startsWith('file:') ? fileURLToPath(source) : source,
      );
    }
    await writeFile(file, JSON.stringify(coverage));
  }
}
