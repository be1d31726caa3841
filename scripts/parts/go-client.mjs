// Chroma's client for Go, with all it needs beside it and compiled, for the test that runs what we print.
import { setPriority } from 'node:os';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { asPart, keptFolder, progress } from './bench.mjs';

const MODULE = 'github.com/amikos-tech/chroma-go';
/** As our code names it. What v0.4.1 needs is not in every module proxy. */
const VERSION = 'v0.3.4';

const PACKAGES = [`${MODULE}/pkg/api/v2`, `${MODULE}/pkg/embeddings`];
const PROGRAM = `package main

${PACKAGES.map((name) => `import _ "${name}"\n`).join('')}
func main() {}
`;

export function goClient() {
  return asPart('go client', async () => {
    const folder = await keptFolder(`go-client-${VERSION}`, async (target) => {
      progress('go client')('fetching and compiling');
      await writeFile(join(target, 'go.mod'), 'module example\n\ngo 1.24\n');
      await writeFile(join(target, 'main.go'), PROGRAM);
      await go(['get', ...PACKAGES.map((name) => `${name}@${VERSION}`)], target);
      await go(['mod', 'vendor'], target);
      await go(['build', '-o', 'main', '.'], target);
    });
    return { available: true, folder, env: environmentIn(folder) };
  });
}

/** @param {string} folder */
const environmentIn = (folder) => ({ GOCACHE: join(folder, 'cache'), GOFLAGS: '' });

/**
 * @param {string[]} args
 * @param {string} cwd
 */
async function go(args, cwd) {
  const running = execa('go', args, { cwd, env: environmentIn(cwd) });
  // Tests of servers go on meanwhile, and some measure patience.
  if (running.pid !== undefined) setPriority(running.pid, 19);
  await running;
}
