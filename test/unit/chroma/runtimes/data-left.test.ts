import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { findDataLeft } from '../../../../src/chroma/runtimes/data-left.ts';
import { workspaceDataFolder } from '../../../../src/project/data-folder.ts';

const NO_ENGINE = 'chroma-tls-has-no-such-engine';

describe('the data that a change of generations leaves behind', () => {
  let workspace = '';
  let dataFolder: string | undefined;

  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-data-left-'));
    dataFolder = process.env['CHROMA_TLS_DATA_DIR'];
    process.env['CHROMA_TLS_DATA_DIR'] = join(workspace, 'user-data');
    const python = join(workspaceDataFolder(workspace), 'chroma-data-python');
    await mkdir(python, { recursive: true });
    await writeFile(join(python, 'chroma.sqlite3'), '');
  });
  afterEach(async () => {
    if (dataFolder === undefined) delete process.env['CHROMA_TLS_DATA_DIR'];
    else process.env['CHROMA_TLS_DATA_DIR'] = dataFolder;
    await rm(workspace, { recursive: true });
  });

  it('is in a folder, for a server without a container', async () => {
    assert.match(
      (await findDataLeft('local', 'chromadb/chroma:1.5.9', workspace, NO_ENGINE)) ?? '',
      /^The data of Chroma 0\.x stays in .*chroma-data-python; Chroma 1\.x starts with an empty folder/,
    );
    assert.equal(
      await findDataLeft('local', 'chromadb/chroma:0.6.3', workspace, NO_ENGINE),
      undefined,
    );
  });

  it('is none where a start does not choose the image', async () => {
    for (const runtime of ['compose', 'external', undefined] as const) {
      assert.equal(
        await findDataLeft(runtime, 'chromadb/chroma:1.5.9', workspace, NO_ENGINE),
        undefined,
      );
    }
  });
});
