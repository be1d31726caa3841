// Node.js on the glibc of a newer Debian, which npm's Chroma needs. The loader of that glibc runs this
// machine's own Node.js.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { asPart, benchPath, progress } from './bench.mjs';
import { unpackedFromNewerDebian } from './newer-debian.mjs';

const NAME = 'node on a newer glibc';

export function nodeOnNewerGlibc() {
  return asPart(NAME, async () => {
    const libraries = join(await unpackedFromNewerDebian('libc6'), 'usr', 'lib');
    const names = await readdir(libraries, { recursive: true });
    const loader = names.find((name) => /-linux-gnu\/ld-linux-[^/]+$/.test(name));
    if (loader === undefined) throw new Error(`${libraries} has no loader`);
    const [triplet = ''] = loader.split('/');
    const paths = [join(libraries, triplet), `/usr/lib/${triplet}`, `/lib/${triplet}`].join(':');
    const folder = benchPath('node-on-newer-glibc');
    await mkdir(folder, { recursive: true });
    const command = join(folder, 'node');
    const run = `'${join(libraries, loader)}' --library-path '${paths}' '${process.execPath}'`;
    await writeFile(command, `#!/bin/sh\nexec ${run} "$@"\n`, { mode: 0o755 });
    const ask = 'console.log(process.report.getReport().header.glibcVersionRuntime)';
    const { stdout: version } = await execa(command, ['-e', ask]);
    progress(NAME)(version);
    return { available: true, command, version };
  });
}
