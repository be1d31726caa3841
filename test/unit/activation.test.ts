import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { describe, it } from 'mocha';

describe('what every window of VS Code reads', () => {
  it('is no library but the one that finds the data folder', async () => {
    const { metafile } = await build({
      entryPoints: ['src/extension.ts'],
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      external: ['vscode'],
      outdir: 'not-written',
      write: false,
      metafile: true,
    });
    const read = new Set(['src/extension.ts']);
    // A set goes on with what is added to it meanwhile.
    for (const path of read) {
      for (const used of metafile.inputs[path]?.imports ?? []) {
        if (used.kind !== 'dynamic-import' && used.external !== true) read.add(used.path);
      }
    }
    const libraries = [...read].flatMap((path) => /^node_modules\/([^/]+)/.exec(path)?.[1] ?? []);
    assert.deepEqual([...new Set(libraries)].toSorted(), ['env-paths', 'is-safe-filename']);
    assert.ok(read.has('src/vscode/stand-ins.ts'), 'it was followed');
  });
});
