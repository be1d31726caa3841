// `npm run package`: chroma-tls-<version>.vsix, as it goes to the marketplace.
import { ensureDependencies, repository } from './dependencies.mjs';

ensureDependencies();
const { createVSIX } = await import('@vscode/vsce');
const { readFile } = await import('node:fs/promises');
const { join } = await import('node:path');

const manifest = /** @type {{ name: string, version: string }} */ (
  JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'))
);
const packagePath = join(repository, `${manifest.name}-${manifest.version}.vsix`);
// It builds by itself (`vscode:prepublish`). The bundle holds the dependencies already.
await createVSIX({ cwd: repository, packagePath, dependencies: false });
