import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, readdir, rm, watch, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { installInto } from '../../../../src/chroma/runtimes/local/private-chroma-install.ts';
import { findNpm } from '../../../../src/chroma/runtimes/local/node-bindings.ts';
import { takePrivateChroma } from '../../../../src/chroma/runtimes/local/private-chroma-store.ts';
import { measure } from '../../../../src/system/files/measure-folder.ts';
import type { StartStep } from '../../../../src/chroma/runtimes/runtime.ts';
import { requirePart } from '../../../parts.ts';
import { program, Workspace } from '../../fixtures/cli.ts';
import { processesOf, untilNoneRuns } from '../../fixtures/processes.ts';
import { ADDED_AND_FOUND, addAndQuery } from '../../fixtures/python-client.ts';

describe('a private Chroma', () => {
  const opened: Workspace[] = [];
  const local = ['--runtime', 'local'];
  const old = [...local, '--image', 'chromadb/chroma:0.5.13'];

  afterEach(async () => {
    for (const workspace of opened.splice(0)) await workspace.run(['stop']);
  });

  async function open(env: NodeJS.ProcessEnv): Promise<Workspace> {
    const workspace = await Workspace.create(env);
    opened.push(workspace);
    return workspace;
  }

  const before = (folder: string): string => [folder, process.env['PATH']].join(delimiter);
  const folderOf = (workspace: Workspace): string =>
    join(workspace.env['CHROMA_TLS_DATA_DIR'] ?? '', 'python');

  /** The only one there is: nothing else is left beside it. */
  async function privateOf(workspace: Workspace): Promise<string> {
    const [name = '', ...others] = await readdir(folderOf(workspace));
    assert.deepEqual(others, []);
    return join(folderOf(workspace), name);
  }

  /** A 1.x that a client of that version can use, and that is no larger than was said. */
  async function expectServed(workspace: Workspace): Promise<void> {
    const { python } = requireChroma;
    assert.deepEqual((await workspace.status()).state, 'healthy');
    const used = await addAndQuery(workspace, python);
    assert.equal(used.stdout, ADDED_AND_FOUND, used.stderr);
    assert.ok((await measure(await privateOf(workspace))) < 70e6);
  }
  let requireChroma = { python: '' };

  it('is the wheel alone, by uv, even after an install was cancelled and one was killed', async function () {
    const uv = requirePart(this, 'uv');
    requireChroma = requirePart(this, 'chroma 1.5.9');
    const workspace = await open({ ...uv.env, PATH: before(dirname(uv.command)) });
    await endWhileInstalling(workspace, uv.command, 'SIGINT');
    assert.deepEqual(await readdir(folderOf(workspace)), []);
    await endWhileInstalling(workspace, uv.command, 'SIGKILL');
    const [left = ''] = (await readdir(folderOf(workspace))).filter((name) =>
      name.startsWith('chroma-'),
    );
    await access(join(folderOf(workspace), left, 'partial', 'requirements.txt'));
    const started = await workspace.start(...local, '--yes');
    assert.equal(started.code, 0, started.stderr);
    assert.match(started.stderr, /uv can install Chroma 1\.5\.9/);
    await expectServed(workspace);
  });

  /** Installs until a package is being fetched, and gets a signal then. */
  async function endWhileInstalling(
    workspace: Workspace,
    uv: string,
    signal: NodeJS.Signals,
  ): Promise<void> {
    const folder = join(dirname(workspace.folder), `bin-${signal}`);
    await mkdir(folder);
    const script = `#!/bin/sh\n[ "$1" = pip ] && : >'${folder}/fetching' && exec sleep 600\nexec '${uv}' "$@"\n`;
    await writeFile(join(folder, 'uv'), script, { mode: 0o755 });
    const fetching = (async () => {
      for await (const { filename } of watch(folder)) if (filename === 'fetching') return;
    })();
    const child = spawn(process.execPath, [resolve('dist/cli.js'), 'start', ...local, '--yes'], {
      cwd: workspace.folder,
      env: { ...workspace.env, PATH: before(folder) },
      stdio: 'ignore',
    });
    await fetching;
    child.kill(signal);
    await once(child, 'exit');
  }

  it('is the wheel alone, by the pip of an environment where Python has none', async function () {
    requireChroma = requirePart(this, 'chroma 1.5.9');
    const workspace = await open({});
    const bare = join(dirname(workspace.folder), 'bare');
    const made = await program('python3', ['-m', 'venv', '--without-pip', bare]);
    assert.equal(made.code, 0, made.stderr);
    const started = await workspace.run(
      ['start', '--wait', '--port', String(workspace.port), ...local, '--yes'],
      { PATH: before(join(bare, 'bin')) },
    );
    assert.equal(started.code, 0, started.stderr);
    assert.match(started.stderr, /bare\/bin\/python3 can install/);
    await expectServed(workspace);
    // The Python that installed it is gone; the module goes with any other.
    await workspace.run(['stop']);
    await rm(bare, { recursive: true });
    const again = await workspace.start(...local);
    assert.equal(again.code, 0, again.stderr);
  });

  it('is npm’s module where Node.js can load it, and tells how far its install is', async function () {
    const node = requirePart(this, 'node on a newer glibc');
    requireChroma = requirePart(this, 'chroma 1.5.9');
    const workspace = await open({});
    const { PATH: path, CHROMA_TLS_DATA_DIR: data } = process.env;
    const steps: StartStep[] = [];
    try {
      process.env['PATH'] = before(dirname(node.command));
      process.env['CHROMA_TLS_DATA_DIR'] = workspace.env['CHROMA_TLS_DATA_DIR'];
      const npm = await findNpm();
      assert.ok('kind' in npm, JSON.stringify(npm));
      const { signal } = new AbortController();
      const wish = { workspace: workspace.folder, version: '1.5.9', signal };
      const report = (step: StartStep): void => void steps.push(step);
      await takePrivateChroma({ ...wish, waiting: () => undefined }, (folder) =>
        installInto(folder, npm, '1.5.9', { report, signal }),
      );
    } finally {
      process.env['PATH'] = path;
      if (data === undefined) delete process.env['CHROMA_TLS_DATA_DIR'];
      else process.env['CHROMA_TLS_DATA_DIR'] = data;
    }
    assert.ok(steps.some((step) => step.kind === 'installing' && (step.fraction ?? 0) > 0));
    const started = await workspace.start(...local);
    assert.equal(started.code, 0, started.stderr);
    assert.match(started.stderr, /Chroma 1\.3\.4 serves, not 1\.5\.9/);
    await expectServed(workspace);
    assert.ok(processesOf(workspace).length >= 2);
    assert.equal((await workspace.run(['stop'])).code, 0);
    await untilNoneRuns(workspace);
  });

  it('is an environment with the packages of its time for 0.x, by uv', async function () {
    const uv = requirePart(this, 'uv');
    const workspace = await open({ ...uv.env, PATH: before(dirname(uv.command)) });
    await installOld(workspace);
    await assert.rejects(access(join(await privateOf(workspace), 'bin', 'uv')));
  });

  it('is one by pip where there is no uv, which it brings', async function () {
    const workspace = await open(requirePart(this, 'uv').env);
    await installOld(workspace);
    await access(join(await privateOf(workspace), 'bin', 'uv'));
  });

  /** Installs 0.5.13 as a user would who agrees, and lets a client of that version use it. */
  async function installOld(workspace: Workspace): Promise<void> {
    const asked = await workspace.start(...old);
    assert.match(asked.stderr, /No Chroma 0\.x was found.*Install chromadb 0\.5\.13 .*--yes/);
    const started = await workspace.start(...old, '--yes');
    assert.equal(started.code, 0, started.stderr);
    const report = await workspace.status();
    assert.deepEqual([report.image, report.tls], ['chroma 0.5.13', 'uvicorn']);
    // With today's packages it would start and beat, but take no collection.
    const python = join(await privateOf(workspace), 'bin', 'python');
    const used = await addAndQuery(workspace, python);
    assert.equal(used.stdout, ADDED_AND_FOUND, used.stderr);
  }
});
