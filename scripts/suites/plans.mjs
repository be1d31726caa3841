// How the test files of each suite are divided among processes, and what is fetched for them ahead.
import { basename } from 'node:path';

const chromaImages = ['1.5.9', '0.6.3', '0.5.13', '0.5.0', '0.4.24', '0.4.22'].map(
  (version) => `image chromadb/chroma:${version}`,
);

/** How many test files of servers run at once: they mostly wait. */
const LANES = 4;

/**
 * How many processes a suite has at once, and which files each gets: by default one gets all.
 * @typedef {object} Plan
 * @property {string[]} ahead parts fetched before a test asks for them: they take long and hardly compute
 * @property {string} [beside] a file that only waits; it runs beside all others
 * @property {number} [atOnce]
 * @property {(files: string[]) => string[][]} [divide]
 */

/** @type {Record<import('./test-bundle.mjs').SuiteName, Plan>} */
export const plans = {
  unit: {
    ahead: [],
    atOnce: 2,
    divide: (files) => [0, 1].map((odd) => files.filter((_, index) => index % 2 === odd)),
  },
  vscode: { ahead: ['vscode-server', 'chromium', 'chroma 1.5.9'] },
  real: {
    ahead: [
      ...['docker', 'chroma 1.5.9', 'chroma 0.6.3', 'chroma 0.5.13', 'image nginx:1.29-alpine'],
      ...['image envoyproxy/envoy:v1.40.0', 'image openquantumsafe/openssl3', ...chromaImages],
    ],
    atOnce: LANES,
    beside: 'real.proxy.patience.test.js',
    divide: (files) => inGroups(longestFirst(files)),
  },
  matrix: { ahead: [] },
  browser: { ahead: ['vscode-server', 'chromium', 'docker', 'image chromadb/chroma:1.5.9'] },
};

/** They take minutes, so they begin first. */
const long = [
  'chroma.support-matrix',
  'compose.compose-file',
  'chroma.compose.compose',
  'certificates.verifiers',
  'chroma.docker.docker',
  'certificates.issuers',
];

/** They try the same certificates, whose long keys take a minute of a core to make. */
const inOneProcess = ['certificates.verifiers', 'certificates.zlint'];

/** @param {string[]} files */
function longestFirst(files) {
  const rank = (/** @type {string} */ file) => {
    const place = long.indexOf(nameOf(file));
    return place < 0 ? long.length : place;
  };
  return [...files].sort((a, b) => rank(a) - rank(b));
}

/** @param {string[]} files */
function inGroups(files) {
  const isGrouped = (/** @type {string} */ file) => inOneProcess.includes(nameOf(file));
  const group = files.filter(isGrouped);
  return files.flatMap((file) => {
    if (!isGrouped(file)) return [[file]];
    return file === group[0] ? [group] : [];
  });
}

/** @param {string} file */
const nameOf = (file) => basename(file, '.test.js').replace(/^real\./, '');
