import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { apiOf } from '../../../src/diagnosis/client-version.ts';
import { findJavaScriptClients } from '../../../src/diagnosis/javascript-clients.ts';
import { findAdvisories, type Advisory } from '../../../src/diagnosis/known-advisories.ts';
import { findPythonClients } from '../../../src/diagnosis/python-clients.ts';
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
    const pinned = await findPythonClients(workspace, files);
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
    const installed = await findPythonClients(workspace, files);
    assert.deepEqual(installed, [{ language: 'Python', version: '1.5.2', from: '.venv' }]);
  });
});

describe('the JavaScript clients of a workspace', () => {
  const asking = (from: string, version: string) => ({
    path: from,
    text: JSON.stringify({ dependencies: { 'chromadb-x': '9.9.9', chromadb: version } }),
  });
  const find = async (workspace: string, from: string, version: string) => {
    const found = await findJavaScriptClients(workspace, [asking(from, version)]);
    return found.map((client) => [client.version, client.from]);
  };

  it('are what is installed, else what the lock file has, else what package.json pins', async () => {
    const workspace = await makeWorkspace();
    assert.deepEqual(await find(workspace, 'package.json', '1.8.1'), [['1.8.1', 'package.json']]);
    assert.deepEqual(await find(workspace, 'package.json', '^1.8.1'), []);

    const packages = {
      '': { dependencies: { chromadb: '^3.0.0' } },
      'node_modules/other/node_modules/chromadb': { version: '1.4.0' },
      'node_modules/chromadb': { version: '3.4.3', resolved: 'https://registry.example' },
    };
    const lock = join(workspace, 'package-lock.json');
    await writeFile(lock, JSON.stringify({ lockfileVersion: 3, packages }, undefined, 2));
    const locked = [['3.4.3', 'package-lock.json']];
    assert.deepEqual(await find(workspace, 'package.json', '^3.0.0'), locked);
    const dependencies = { chromadb: { version: '1.7.3', resolved: '' } };
    await writeFile(lock, JSON.stringify({ lockfileVersion: 1, dependencies }));
    assert.deepEqual(await find(workspace, 'package.json', '^1.0.0'), [
      ['1.7.3', 'package-lock.json'],
    ]);

    await install(workspace, 'node_modules/chromadb', '3.5.0');
    assert.deepEqual(await find(workspace, 'package.json', '^3.0.0'), [['3.5.0', 'node_modules']]);
  });

  it('are those of each package, and what is no file hides none', async () => {
    const workspace = await makeWorkspace();
    await install(workspace, 'app/node_modules/chromadb-client', '2.4.6');
    await mkdir(join(workspace, 'app/node_modules/chromadb'));
    await symlink('/dev/zero', join(workspace, 'app/node_modules/chromadb/package.json'));
    const found = [['2.4.6', 'app/node_modules']];
    assert.deepEqual(await find(workspace, 'app/package.json', '3.5.0'), found);
  });

  async function install(workspace: string, folder: string, version: string): Promise<void> {
    await mkdir(join(workspace, folder), { recursive: true });
    await writeFile(join(workspace, folder, 'package.json'), JSON.stringify({ version }));
  }
});

describe('the API that a client asks', () => {
  it('goes by the versions of its language', () => {
    const api = (language: 'Python' | 'JavaScript', version: string) =>
      apiOf({ language, version, from: 'a file' });
    assert.equal(api('Python', '0.5.15'), 'v1');
    assert.equal(api('Python', '0.5.16'), 'v2');
    assert.equal(api('Python', '1.5.9'), 'v2');
    assert.equal(api('JavaScript', '1.9.2'), 'v1');
    assert.equal(api('JavaScript', '1.9.3'), 'v2');
    assert.equal(api('JavaScript', '1.10.5'), 'v2');
    assert.equal(api('JavaScript', '3.5.0'), 'v2');
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
    assert.deepEqual(ids(findAdvisories('1.5.9', ['python-client'])), ['chroma-core/chroma#6717']);
    // npm has a chromadb of this number, which is another program.
    assert.deepEqual(ids(findAdvisories('1.5.9', ['javascript-client'])), []);
  });
});
