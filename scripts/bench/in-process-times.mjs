// What is left of generating inside a process that runs, as in VS Code, against mkcert's whole process.
import { generateKeyPair } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bundle } from '../bundle.mjs';
import { repository } from '../dependencies.mjs';
import { interleave } from './interleave.mjs';
import { freshFolder, makers, NAMES } from './makers.mjs';
import { WRITES } from './process-times.mjs';

const ROUNDS = 9;
const makeKeyPair = promisify(generateKeyPair);

/** @typedef {import('./makers.mjs').KeyType} KeyType */

/** @returns {Promise<import('./figures.mjs').Figure[]>} */
export async function inProcessTimes() {
  const { ours, mkcert } = await makers();
  const own = await ownFunction(ours);
  const [theirs, disk] = await Promise.all([freshFolder(mkcert), freshFolder(mkcert)]);
  const times = await interleave(
    {
      'mkcert ecdsa-p256': () => mkcert.run(theirs, 'ecdsa-p256'),
      'ours ecdsa-p256': () => own('ecdsa-p256'),
      'key ecdsa-p256': () => makeKeyPair('ec', { namedCurve: 'P-256' }),
      'mkcert rsa-2048': () => mkcert.run(theirs, 'rsa-2048'),
      'ours rsa-2048': () => own('rsa-2048'),
      'key rsa-2048': () => makeKeyPair('rsa', { modulusLength: 2048 }),
      disk: () => writeDown(disk),
    },
    ROUNDS,
  );
  return /** @type {const} */ (['ecdsa-p256', 'rsa-2048']).map((keyType) => {
    const unit = times[`mkcert ${keyType}`];
    const part = (/** @type {keyof typeof times} */ name) => (times[name] / unit).toFixed(1);
    return {
      what: `generating in VS Code's process, ${keyType}`,
      against: 'the process of mkcert',
      value: times[`ours ${keyType}`] / unit,
      bound: 1.2,
      why: `${WRITES} files written down to the disk (a crash leaves no half pair; mkcert waits for no disk) take ${part('disk')}, the key ${part(`key ${keyType}`)} of what mkcert takes in all.`,
    };
  });
}

/** @param {string} folder */
async function writeDown(folder) {
  for (let at = 0; at < WRITES; at += 1) {
    const file = await open(join(folder, `on-disk-${at}`), 'w');
    await file.writeFile('x'.repeat(1000));
    await file.sync();
    await file.close();
  }
}

/**
 * What the extension calls, its modules loaded, in a workspace with an authority.
 * @param {import('./makers.mjs').Maker} ours
 */
async function ownFunction(ours) {
  const folder = 'dist/bench';
  await mkdir(join(repository, folder), { recursive: true });
  const entryPoints = { generate: 'src/certificates/generate-files.ts' };
  await bundle({ entryPoints, folder, external: [], production: true });
  /** @type {typeof import('../../src/certificates/generate-files.ts')} */
  const { generateFiles } = await import(
    pathToFileURL(join(repository, folder, 'generate.js')).href
  );
  const [ecdsa, rsa] = await Promise.all([freshFolder(ours), freshFolder(ours)]);
  process.env['CHROMA_TLS_DATA_DIR'] = join(ecdsa, 'data');
  const [domain = '', ...additionalNames] = NAMES;
  return (/** @type {KeyType} */ keyType) => {
    const workspace = keyType === 'ecdsa-p256' ? ecdsa : rsa;
    return generateFiles({
      workspace,
      folder: join(workspace, 'certs'),
      domain,
      additionalNames,
      kind: 'local-ca',
      keyType,
      validityDays: 365,
      keepAuthorityKey: true,
      engine: 'builtin',
      containerCommand: 'docker',
    });
  };
}
