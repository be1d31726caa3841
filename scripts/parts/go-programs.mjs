// Programs that exist as Go modules: the peer the comparison is made with, and the linter of
// certificates.
import { join } from 'node:path';
import { execa } from 'execa';
import { asPart, keptFolder, progress } from './bench.mjs';

const programs = {
  mkcert: { module: 'filippo.io/mkcert', version: 'v1.4.4' },
  zlint: { module: 'github.com/zmap/zlint/v3/cmd/zlint', version: 'v3.7.3' },
};

/** @param {keyof typeof programs} name */
export function goProgram(name) {
  return asPart(name, async () => {
    const { module, version } = programs[name];
    const folder = await keptFolder(`${name}-${version}`, async (target) => {
      progress(name)('compiling');
      await execa('go', ['install', `${module}@${version}`], { env: { GOBIN: target } });
    });
    progress(name)(version);
    return { available: true, path: join(folder, name), version };
  });
}
