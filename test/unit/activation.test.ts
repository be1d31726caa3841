import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { describe, it } from 'mocha';

describe('what every window of VS Code reads', () => {
  it('is 60 KB at most', async () => {
    const { metafile, read } = await examine('src/extension.ts');
    const sizes = Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).map(([path, { bytesInOutput }]) =>
        read.has(path) ? bytesInOutput : 0,
      ),
    );
    const size = sizes.reduce((sum, bytes) => sum + bytes, 0);
    assert.ok(size > 5000 && size <= 60_000, `${size} bytes`);
  });

  it('is no library but the one that finds the data folder', async () => {
    const read = await filesReadFor('src/extension.ts');
    assert.deepEqual(libraries(read), ['env-paths', 'is-safe-filename']);
    assert.ok(read.has('src/vscode/stand-ins.ts'), 'it was followed');
  });
});

describe('what a window reads where this product is used', () => {
  it('has no code of a command, of a start or of an engine until one runs', async () => {
    const read = await filesReadFor('src/extension.ts', 'src/vscode/work.ts');
    const early = [...read].filter((path) =>
      /vscode\/commands\/(certificate\/)?[\w-]+-(certificate|server|file)\.ts|workspace\/start\.ts|containers\/engine\.ts|runtimes\/docker\//.test(
        path,
      ),
    );
    assert.deepEqual(early, []);
    assert.ok(read.has('src/chroma/server/server.ts'), 'it was followed');
  });
});

describe('what a terminal waits for', () => {
  it('has no library but those that find the data folder and check input', async () => {
    const read = await filesReadFor('src/cli/entry/every-verb.ts', 'src/cli/verbs.ts');
    assert.deepEqual(libraries(read), ['env-paths', 'is-safe-filename', 'valibot']);
  });

  it('has nothing of a container engine, of TLS or of signing until it is needed', async () => {
    const read = await filesReadFor('src/cli/entry/every-verb.ts', 'src/cli/verbs.ts');
    const early = [...read].filter((path) =>
      /containers\/engine\.ts|\/runtimes\/docker\/docker/.test(path),
    );
    assert.deepEqual(early, []);
    assert.ok(!read.has('src/chroma/health/heartbeat-client.ts'));
    assert.ok(!read.has('src/certificates/issue/leaf.ts'));
    assert.ok(read.has('src/chroma/server/server.ts'), 'it was followed');
  });
});

describe('what generating waits for', () => {
  it('has the structures of certificates, and no library that signs', async () => {
    const read = await filesReadFor(
      'src/workspace/generate.ts',
      'src/certificates/generate-files.ts',
    );
    const signing = ['@peculiar/x509', 'reflect-metadata', 'tsyringe', 'execa', 'node-forge'];
    const early = [...read].filter((path) =>
      signing.some((library) => path.startsWith(`node_modules/${library}/`)),
    );
    assert.deepEqual(early, []);
    assert.ok(read.has('src/certificates/issue/leaf.ts'), 'it was followed');
  });
});

/** The source files that are read with these, without what is imported later. */
async function filesReadFor(...entryPoints: readonly string[]): Promise<ReadonlySet<string>> {
  return (await examine(...entryPoints)).read;
}

async function examine(...entryPoints: readonly string[]) {
  const { metafile } = await build({
    entryPoints: [...entryPoints],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    external: ['vscode'],
    outdir: 'not-written',
    write: false,
    metafile: true,
    minify: true,
  });
  const read = new Set(entryPoints);
  // A set goes on with what is added to it meanwhile.
  for (const path of read) {
    for (const used of metafile.inputs[path]?.imports ?? []) {
      if (used.kind !== 'dynamic-import' && used.external !== true) read.add(used.path);
    }
  }
  return { metafile, read };
}

function libraries(read: ReadonlySet<string>): readonly string[] {
  const found = [...read].flatMap((path) => /^node_modules\/([^/]+)/.exec(path)?.[1] ?? []);
  return [...new Set(found)].toSorted();
}
