// How long it takes to have a key and a certificate: whole processes against whole processes.
import { execa } from 'execa';
import { progress } from '../parts/bench.mjs';
import { freshFolder, makers } from './makers.mjs';
import { interleave } from './interleave.mjs';

const ROUNDS = 7;
const say = progress('bench');

/** @returns {Promise<string>} a section of docs/comparison.md */
export async function issuingTime() {
  const { ours, mkcert, cookbook } = await makers();
  const again = await Promise.all([ours, mkcert, cookbook].map(freshFolder));
  const [oursFolder = '', mkcertFolder = '', cookbookFolder = ''] = again;
  // Each key type has a folder of its own: another type would bring another authority.
  const oursRsa = await freshFolder(ours);
  const figures = await interleave(
    {
      'node alone': () => execa(process.execPath, ['-e', '0']),
      'ours, again, ecdsa': () => ours.run(oursFolder, 'ecdsa-p256'),
      'mkcert, again, ecdsa': () => mkcert.run(mkcertFolder, 'ecdsa-p256'),
      'ours, again, rsa': () => ours.run(oursRsa, 'rsa-2048'),
      'mkcert, again, rsa': () => mkcert.run(mkcertFolder, 'rsa-2048'),
      'cookbook, rsa': () => cookbook.run(cookbookFolder, 'rsa-2048'),
      'ours, first, ecdsa': async () => ours.run(await freshFolder(ours), 'ecdsa-p256'),
      'mkcert, first, ecdsa': async () => mkcert.run(await freshFolder(mkcert), 'ecdsa-p256'),
      'ours, first, rsa': async () => ours.run(await freshFolder(ours), 'rsa-2048'),
      'mkcert, first, rsa': async () => mkcert.run(await freshFolder(mkcert), 'rsa-2048'),
    },
    ROUNDS,
  );
  for (const [name, time] of Object.entries(figures)) say(`${time.toFixed(1)} ms  ${name}`);

  const toMkcert = (/** @type {keyof typeof figures} */ one, /** @type {'ecdsa' | 'rsa'} */ key) =>
    share(figures[one], figures[`mkcert, again, ${key}`]);
  const first = (/** @type {'ecdsa' | 'rsa'} */ key) =>
    share(figures[`ours, first, ${key}`], figures[`mkcert, first, ${key}`]);
  return `The whole process, from its start to its end, in multiples of mkcert's for the same row: the median
of ${String(ROUNDS)} turns, each of which runs everything once. mkcert's looks into the trust stores are turned off.

| | mkcert | Chroma TLS | the Cookbook |
| - | - | - | - |
| ECDSA P-256, with an authority from before | 1 | ${toMkcert('ours, again, ecdsa', 'ecdsa')} | |
| RSA-2048, with an authority from before | 1 | ${toMkcert('ours, again, rsa', 'rsa')} | ${toMkcert('cookbook, rsa', 'rsa')} (has none) |
| ECDSA P-256, the first time, with its authority | 1 | ${first('ecdsa')} | |
| RSA-2048, the first time, with its authority | 1 (RSA-3072 there) | ${first('rsa')} | |

mkcert is a compiled program. Ours starts Node.js. Node.js by itself takes ${toMkcert('node alone', 'ecdsa')} of the first row's
unit. VS Code starts no process for it: what the same work takes there is in the table above.`;
}

const share = (/** @type {number} */ one, /** @type {number} */ other) => (one / other).toFixed(1);
