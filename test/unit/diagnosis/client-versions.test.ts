import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { findClientVersions } from '../../../src/diagnosis/client-versions.ts';
import { findAdvisories, type Advisory } from '../../../src/diagnosis/known-advisories.ts';
import { makeWorkspace } from '../chroma/tls-fixture.ts';

describe('the Python clients of a workspace', () => {
  it('are what its environment has, else what its files pin', async () => {
    const workspace = await makeWorkspace();
    const files = [
      {
        path: 'requirements.txt',
        text: 'langchain-chromadb==9.9.9\nchromadb[x] == 0.5.13 # old\n',
      },
      { path: 'pyproject.toml', text: 'dependencies = ["chromadb-client==0.6.3"]' },
      { path: 'uv.lock', text: '[[package]]\nname = "chromadb"\nversion = "1.5.9"\n' },
      { path: 'notes.json', text: 'chromadb==0.4.0' },
    ];
    const pinned = await findClientVersions(workspace, files);
    assert.deepEqual(
      pinned.map(({ version, from }) => [version, from]),
      [
        ['0.5.13', 'requirements.txt'],
        ['0.6.3', 'pyproject.toml'],
        ['1.5.9', 'uv.lock'],
      ],
    );
    const packages = join(workspace, '.venv/lib/python3.12/site-packages');
    await mkdir(join(packages, 'chromadb-1.5.2.dist-info'), { recursive: true });
    const installed = await findClientVersions(workspace, files);
    assert.deepEqual(installed, [{ version: '1.5.2', from: '.venv' }]);
  });
});

describe('known advisories', () => {
  const ids = (found: readonly Advisory[]): readonly string[] =>
    found.map(({ id }) => id.replace(/ .*/, ''));

  it('are those of a version and of what runs', () => {
    const python = ['any-server', 'python-server'] as const;
    assert.deepEqual(ids(findAdvisories('0.5.13', python)), [
      'CVE-2026-45833',
      'CVE-2026-45830',
      'CVE-2026-45831',
    ]);
    assert.deepEqual(ids(findAdvisories('0.4.24', python)), ['CVE-2026-45833', 'CVE-2026-45830']);
    assert.deepEqual(ids(findAdvisories('0.4.16', python)), []);
    assert.deepEqual(ids(findAdvisories('1.5.9', ['any-server'])), ['CVE-2026-45830']);
    assert.deepEqual(ids(findAdvisories('1.5.10', ['any-server', 'python-client'])), []);
  });
});
