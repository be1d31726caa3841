import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { before, beforeEach, describe, it } from 'mocha';
import {
  findInstallation,
  type Wanted,
} from '../../../../src/chroma/runtimes/local/installation-search.ts';
import { inspectPython } from '../../../../src/chroma/runtimes/local/installation.ts';
import { requirePart } from '../../../parts.ts';
import { makeEnvironment } from '../../fixtures/environments.ts';

describe('the search for a Chroma without Docker', () => {
  let python = '';
  let root = '';
  let workspace = '';

  before(function () {
    ({ python } = requirePart(this, 'chroma 1.5.9'));
  });
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'chroma-tls-search-'));
    workspace = join(root, 'work space');
    await mkdir(workspace);
  });

  /** Where it was found, below the root, and what was passed over. */
  async function search(
    wanted: Partial<Wanted> = {},
    environment: NodeJS.ProcessEnv = {},
  ): Promise<{ where: string | undefined; passedOver: readonly string[] }> {
    const { installation, passedOver } = await findInstallation(
      {
        workspace,
        generation: 'rust',
        localCommand: '',
        ...wanted,
      },
      environment,
    );
    return { where: installation?.python?.slice(root.length + 1), passedOver };
  }

  it('looks in the workspace, the editor and the shell, in that order', async () => {
    const chosen = await makeEnvironment(python, join(root, 'chosen'), '1.2.0');
    await makeEnvironment(python, join(root, 'active'), '1.3.0');
    let asked = 0;
    const chosenInterpreter = (): Promise<string | undefined> => {
      asked += 1;
      return Promise.resolve(chosen);
    };
    const shell = { VIRTUAL_ENV: join(root, 'active') };
    await makeEnvironment(python, join(root, 'path'), '1.4.0');
    assert.equal((await search()).where, undefined);
    const path = { PATH: join(root, 'path', 'bin') };
    assert.equal((await search({}, path)).where, 'path/bin/python');
    assert.equal((await search({}, { ...path, ...shell })).where, 'active/bin/python');
    assert.equal((await search({}, shell)).where, 'active/bin/python');
    assert.equal(
      (await search({}, { CONDA_PREFIX: join(root, 'active') })).where,
      'active/bin/python',
    );
    assert.equal(asked, 0);
    assert.equal((await search({ chosenInterpreter }, shell)).where, 'chosen/bin/python');
    assert.equal(asked, 1);
    for (const name of ['env', 'venv', '.venv']) {
      await makeEnvironment(python, join(workspace, name), '1.0.0');
      const { where } = await search({ chosenInterpreter }, shell);
      assert.equal(where, `work space/${name}/bin/python`);
    }
    assert.equal(asked, 1, 'the editor is only asked when it comes to it');
  });

  it('passes over a Chroma of the other generation, and names it', async () => {
    await makeEnvironment(python, join(workspace, '.venv'), '0.5.13');
    const chosen = await makeEnvironment(python, join(root, 'chosen'), '0.6.3');
    const { where, passedOver } = await search({
      chosenInterpreter: () => Promise.resolve(chosen),
    });
    assert.equal(where, undefined);
    assert.deepEqual(passedOver, [
      `chromadb 0.5.13 in ${join(workspace, '.venv')}`,
      `chromadb 0.6.3 in ${chosen}`,
    ]);
    assert.equal((await search({ generation: 'python' })).where, 'work space/.venv/bin/python');
  });

  it('goes on where no interpreter was chosen in the editor, or it is gone', async () => {
    await makeEnvironment(python, join(root, 'path'), '1.5.9');
    for (const chosen of [undefined, join(root, 'gone', 'bin', 'python')]) {
      const wanted = { chosenInterpreter: () => Promise.resolve(chosen) };
      const { where } = await search(wanted, { PATH: join(root, 'path', 'bin') });
      assert.equal(where, 'path/bin/python');
    }
  });

  it('takes the configured command and nothing else', async () => {
    await makeEnvironment(python, join(workspace, '.venv'), '1.5.9');
    const own = await makeEnvironment(python, join(root, 'own'), '1.4.0');
    const chroma = join(dirname(own), 'chroma');
    for (const localCommand of [own, chroma]) {
      assert.equal((await search({ localCommand })).where, 'own/bin/python');
    }
    const wanted = { localCommand: chroma, generation: 'python' } as const;
    await assert.rejects(search(wanted), /cannot serve Chroma 0\.x.*It is Chroma 1\.4\.0/);
    await assert.rejects(search({ localCommand: '/nowhere/chroma' }), /It was not found/);
  });

  it('finds the Python of a program that is linked to from elsewhere', async () => {
    const own = await makeEnvironment(python, join(root, 'own'), '0.6.3');
    await mkdir(join(root, 'bin'));
    const link = join(root, 'bin', 'chroma');
    await symlink(join(dirname(own), 'chroma'), link);
    const { where } = await search({ localCommand: link, generation: 'python' });
    assert.equal(where, 'own/bin/python');
  });

  it('imports nothing from a workspace or the environment', async () => {
    const own = await makeEnvironment(python, join(root, 'own'), '1.5.9');
    const trap = join(root, 'trap');
    await mkdir(trap);
    const sprung = join(root, 'sprung');
    await writeFile(join(trap, 'json.py'), `open(${JSON.stringify(sprung)}, 'w')\n`);
    const before = { cwd: process.cwd(), path: process.env['PYTHONPATH'] };
    process.chdir(trap);
    process.env['PYTHONPATH'] = [trap, before.path].filter(Boolean).join(delimiter);
    try {
      assert.equal((await inspectPython(own))?.version, '1.5.9');
    } finally {
      process.chdir(before.cwd);
      if (before.path === undefined) delete process.env['PYTHONPATH'];
      else process.env['PYTHONPATH'] = before.path;
    }
    assert.deepEqual((await readdir(root)).includes('sprung'), false);
    await rm(trap, { recursive: true });
  });
});
