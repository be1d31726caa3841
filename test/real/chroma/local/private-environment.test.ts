import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readdir, rm, watch, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { afterEach, before, beforeEach, describe, it } from 'mocha';
import {
  inspectPython,
  type Installation,
} from '../../../../src/chroma/runtimes/local/installation.ts';
import {
  environmentsFolder,
  findPrivateEnvironment,
  makeOnce,
} from '../../../../src/chroma/runtimes/local/private-environment-store.ts';
import { requirePart } from '../../../parts.ts';
import { Workspace } from '../../fixtures/cli.ts';
import { makeEnvironment } from '../../fixtures/environments.ts';
import { ADDED_AND_FOUND, addAndQuery } from '../../fixtures/python-client.ts';

describe('a private environment for Chroma 0.x', () => {
  const opened: Workspace[] = [];
  const local = ['--runtime', 'local', '--image', 'chromadb/chroma:0.5.13'];

  afterEach(async () => {
    for (const workspace of opened.splice(0)) await workspace.run(['stop']);
  });

  async function open(env: NodeJS.ProcessEnv): Promise<Workspace> {
    const workspace = await Workspace.create(env);
    opened.push(workspace);
    return workspace;
  }

  /** Installs 0.5.13 as a user would who agrees, and lets a client of that version use it. */
  async function install(workspace: Workspace): Promise<void> {
    const asked = await workspace.start(...local);
    assert.match(asked.stderr, /No Chroma 0\.x was found.*Install chromadb 0\.5\.13 .*--yes/);
    const started = await workspace.start(...local, '--yes');
    assert.equal(started.code, 0, started.stderr);
    const report = await workspace.status();
    assert.deepEqual([report.image, report.tls], ['chroma 0.5.13', 'uvicorn']);
    // With today's packages it would start and beat, but take no collection.
    const python = join(await environmentOf(workspace), 'bin', 'python');
    const used = await addAndQuery(workspace, python);
    assert.equal(used.stdout, ADDED_AND_FOUND, used.stderr);
  }

  const folderOf = (workspace: Workspace): string =>
    join(workspace.env['CHROMA_TLS_DATA_DIR'] ?? '', 'python');

  /** The only one there is: nothing else is left beside it. */
  async function environmentOf(workspace: Workspace): Promise<string> {
    const [name = '', ...others] = await readdir(folderOf(workspace));
    assert.deepEqual(others, []);
    return join(folderOf(workspace), name);
  }

  it('is made by uv with the packages of its time, even after a killed install', async function () {
    const uv = requirePart(this, 'uv');
    const path = [dirname(uv.command), process.env['PATH']].join(delimiter);
    const workspace = await open({ ...uv.env, PATH: path });
    await killWhileInstalling(workspace, uv.command);
    await install(workspace);
    const environment = await environmentOf(workspace);
    await assert.rejects(access(join(environment, 'bin', 'uv')));
  });

  /** Installs until packages are being fetched, and is killed then. */
  async function killWhileInstalling(workspace: Workspace, uv: string): Promise<void> {
    const folder = join(dirname(workspace.folder), 'bin');
    await mkdir(folder);
    const script = `#!/bin/sh\n[ "$1" = pip ] && : >'${folder}/fetching' && exec sleep 600\nexec '${uv}' "$@"\n`;
    await writeFile(join(folder, 'uv'), script, { mode: 0o755 });
    const fetching = (async () => {
      for await (const { filename } of watch(folder)) if (filename === 'fetching') return;
    })();
    const child = spawn(process.execPath, [resolve('dist/cli.js'), 'start', ...local, '--yes'], {
      cwd: workspace.folder,
      env: { ...workspace.env, PATH: [folder, workspace.env['PATH']].join(delimiter) },
      stdio: 'ignore',
    });
    await fetching;
    child.kill('SIGKILL');
    await once(child, 'exit');
    await access(join(await leftBy(workspace), 'bin', 'python'));
  }

  /** The environment that was left half-way. */
  async function leftBy(workspace: Workspace): Promise<string> {
    const names = await readdir(folderOf(workspace));
    return join(folderOf(workspace), names.find((name) => name.startsWith('chroma-')) ?? '');
  }

  it('does not count where its making was broken off', async function () {
    const uv = requirePart(this, 'uv');
    const path = [dirname(uv.command), process.env['PATH']].join(delimiter);
    const workspace = await open({ ...uv.env, PATH: path });
    const { python } = requirePart(this, 'chroma 0.5.13');
    await makeEnvironment(python, join(folderOf(workspace), 'chroma-0.5.13'), '0.5.13');
    const asked = await workspace.start(...local);
    assert.match(asked.stderr, /No Chroma 0\.x was found/);
  });

  it('is made by pip where there is no uv, which it brings', async function () {
    const workspace = await open(requirePart(this, 'uv').env);
    await install(workspace);
    await access(join(await environmentOf(workspace), 'bin', 'uv'));
  });
});

describe('private environments of all workspaces', () => {
  let python = '';
  let made: string[] = [];
  const waiting = (): void => undefined;

  before(function () {
    ({ python } = requirePart(this, 'chroma 1.5.9'));
  });
  beforeEach(async () => {
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    made = [];
  });

  /** A real environment that has of Chroma what its Python goes by. */
  async function make(folder: string): Promise<Installation> {
    made.push(basename(folder));
    const installed = await inspectPython(await makeEnvironment(python, folder, '1.5.9'));
    assert.ok(installed);
    return installed;
  }

  const { signal } = new AbortController();

  it('are made once when two windows ask at the same time', async () => {
    const both = await Promise.all([
      makeOnce('1.5.9', { signal, waiting }, make),
      makeOnce('1.5.9', { signal, waiting }, make),
    ]);
    assert.equal(made.length, 1);
    assert.deepEqual(both[0], both[1]);
    assert.deepEqual(await readdir(environmentsFolder()), made);
  });

  it('stay when another install of the same version is cancelled', async () => {
    const other = new AbortController();
    let calledOff: Promise<void> | undefined;
    await makeOnce('1.5.9', { signal, waiting }, async (folder) => {
      const heard = new Promise<void>((resolve) => {
        const how = {
          signal: other.signal,
          waiting: () => {
            resolve();
          },
        };
        calledOff = assert.rejects(makeOnce('1.5.9', how, make), { name: 'AbortError' });
      });
      await heard;
      other.abort();
      await calledOff;
      return make(folder);
    });
    assert.equal(await findPrivateEnvironment('1.5.9'), join(environmentsFolder(), made[0] ?? ''));
  });

  it('leave nothing behind where one fails, and keep what is complete', async () => {
    await makeOnce('1.5.9', { signal, waiting }, make);
    const failure = new Error('no network');
    await assert.rejects(
      makeOnce('0.5.13', { signal, waiting }, async (folder) => {
        await make(folder);
        throw failure;
      }),
      failure,
    );
    assert.deepEqual(await readdir(environmentsFolder()), made.slice(0, 1));
  });

  it('are cleared of incomplete ones, of other versions too, but not of one in the making', async () => {
    for (const name of ['chroma-1.5.9', 'chroma-0.6.3-0a1b2c3d']) {
      await makeEnvironment(python, join(environmentsFolder(), name), '1.5.9');
    }
    await makeOnce('0.5.13', { signal, waiting }, async (underWay) => {
      await makeEnvironment(python, underWay, '0.5.13');
      await makeOnce('1.5.9', { signal, waiting }, make);
      const left = await readdir(environmentsFolder());
      assert.deepEqual(
        left.filter((name) => name.startsWith('chroma-')).toSorted(),
        [basename(underWay), ...made].toSorted(),
      );
      return make(join(environmentsFolder(), 'elsewhere'));
    });
  });

  it('are made again where the Python of one was removed', async () => {
    await makeOnce('1.5.9', { signal, waiting }, make);
    await rm(join(environmentsFolder(), made[0] ?? '', 'bin', 'python'));
    await makeOnce('1.5.9', { signal, waiting }, make);
    assert.deepEqual(await readdir(environmentsFolder()), made.slice(1));
  });
});
