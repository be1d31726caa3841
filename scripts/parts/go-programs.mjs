// Programs that exist as Go modules: the peer the comparison is made with, the linter of
// certificates, and the ACME authority of Let's Encrypt for tests, with its DNS server.
import { join } from 'node:path';
import { asPart, keptFolder, progress } from './bench.mjs';
import { compile } from './compile.mjs';

const PEBBLE = 'v2.10.3';

const programs = {
  mkcert: { module: 'filippo.io/mkcert', version: 'v1.4.4' },
  zlint: { module: 'github.com/zmap/zlint/v3/cmd/zlint', version: 'v3.7.3' },
  pebble: { module: 'github.com/letsencrypt/pebble/v2/cmd/pebble', version: PEBBLE },
  'pebble-challtestsrv': {
    module: 'github.com/letsencrypt/pebble/v2/cmd/pebble-challtestsrv',
    version: PEBBLE,
  },
};

/** @typedef {keyof typeof programs} GoProgram */

export const goProgramNames = /** @type {GoProgram[]} */ (Object.keys(programs));

/** @param {GoProgram} name */
export function goProgram(name) {
  return asPart(name, async () => {
    const { module, version } = programs[name];
    const folder = await keptFolder(`${name}-${version}`, async (target) => {
      progress(name)('compiling');
      await compile('go', ['install', `${module}@${version}`], { env: { GOBIN: target } });
    });
    progress(name)(version);
    return { available: true, path: join(folder, name), version };
  });
}
