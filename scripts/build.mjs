// `npm run build`: the extension, the terminal program and the local runtime's own process.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './dependencies.mjs';

ensureDependencies();
const { bundle, watch } = await import('./bundle.mjs');
const { writeThirdPartyLicenses } = await import('./third-party-licenses.mjs');

const entryPoints = { supervisor: 'src/supervisor.ts', watchdog: 'src/watchdog.ts' };
const layered = [
  {
    entryPoints: {},
    layers: [
      // What VS Code reads in every window, in those where this product is used, and with the first command.
      { name: 'extension', source: 'src/extension.ts' },
      { name: 'extension-work', source: 'src/vscode/work.ts' },
      { name: 'extension-commands', source: 'src/vscode/command-handlers.ts' },
    ],
  },
  {
    entryPoints: { cli: 'src/cli.ts' },
    layers: [
      // What a terminal waits for: of every verb, and of making a certificate.
      {
        name: 'cli-verbs',
        source: 'src/cli/entry/every-verb.ts',
        more: ['src/cli/verbs.ts', 'src/cli/status-text.ts'],
      },
      {
        name: 'cli-generate',
        source: 'src/certificates/generate-files.ts',
        more: ['src/workspace/generate.ts'],
      },
    ],
  },
];

/**
 * @param {{ production?: boolean, whole?: boolean }} [options] see `Bundle`
 * @returns {Promise<import('esbuild').Metafile>} what went into it
 */
export async function build({ production = false, whole = false } = {}) {
  const metafile = await bundle({ ...extensionBundle(production), whole });
  if (production) await writeThirdPartyLicenses(metafile, 'dist/third-party-licenses.txt');
  return metafile;
}

/** @param {boolean} production */
const extensionBundle = (production) => ({
  entryPoints,
  layered,
  folder: 'dist',
  external: ['vscode'],
  production,
});

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { production: { type: 'boolean' }, watch: { type: 'boolean' } },
  });
  if (values.watch) await watch(extensionBundle(false));
  else await build(values);
}
