import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { before, describe, it } from 'mocha';
import { requirePart } from '../../../parts.ts';
import type { Workspace } from '../../fixtures/cli.ts';
import { containersOf, docker, useDockerWorkspaces } from '../../fixtures/docker.ts';
import { useLocalWorkspaces } from '../../fixtures/local-workspaces.ts';
import { pidOf, processesOf, untilNoneRuns } from '../../fixtures/processes.ts';

const COLLECTIONS = '/api/v2/tenants/default_tenant/databases/default_database/collections';

/** Makes a collection, to be found again. */
async function addData(workspace: Workspace): Promise<void> {
  const json = ['-H', 'content-type: application/json'];
  const made = await workspace.curl(COLLECTIONS, ...json, '-d', '{"name":"kept"}');
  assert.match(made.stdout, /"kept"/);
}

describe('a start in Docker after a broken one', () => {
  const open = useDockerWorkspaces();

  before(function () {
    requirePart(this, 'docker');
    requirePart(this, 'image chromadb/chroma:1.5.9');
    requirePart(this, 'image nginx:1.29-alpine');
  });

  /** Starts, and is killed between the start of the server and that of its proxy. */
  async function killWhileCreating(workspace: Workspace): Promise<void> {
    const folder = dirname(workspace.folder);
    const engine = join(folder, 'docker');
    const script = `#!/bin/sh
if [ "$1" = start ]; then
  docker start "$2"
  : >'${folder}/second'
  sleep 5
  exit 1
fi
exec docker "$@"
`;
    await writeFile(engine, script, { mode: 0o755 });
    const seen = (async () => {
      for await (const { filename } of watch(folder)) if (filename === 'second') return;
    })();
    const how = ['--runtime', 'docker', '--container-command', engine];
    const child = spawn(
      process.execPath,
      [resolve('dist/cli.js'), 'start', '--port', String(workspace.port), ...how],
      { cwd: workspace.folder, env: workspace.env, stdio: 'ignore' },
    );
    await seen;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  it('shows a start that was killed half-way as broken off, and finishes it', async () => {
    const workspace = await open();
    await killWhileCreating(workspace);
    const shown = await workspace.run(['status']);
    assert.equal(shown.code, 1);
    assert.match(shown.stdout, /^state +failed$/m);
    assert.match(
      shown.stderr,
      /The last start was broken off\..*before the nginx proxy was started/,
    );
    const finished = await workspace.start('--runtime', 'docker');
    assert.equal(finished.code, 0, finished.stderr);
    assert.equal((await workspace.status()).state, 'healthy');
    assert.equal((await containersOf(workspace)).length, 2);
  });

  it('replaces a Chroma whose network is cut, says so, and keeps the data', async () => {
    const workspace = await open();
    assert.equal((await workspace.start('--runtime', 'docker')).code, 0);
    await addData(workspace);
    const [server = ''] = (await containersOf(workspace)).filter((name) => !name.includes('proxy'));
    await docker('network', 'disconnect', 'bridge', server);
    const again = await workspace.start('--runtime', 'docker');
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stderr, /gave no verified heartbeat\. .+ It is replaced; its data stays\./);
    assert.match((await workspace.curl(COLLECTIONS)).stdout, /"kept"/);
  });
});

describe('a local start that meets another one', () => {
  const { open } = useLocalWorkspaces();

  it('makes one server, which both see healthy and a stop ends', async () => {
    const workspace = await open();
    for (const turn of ['first', 'second']) {
      const both = await Promise.all([
        workspace.start('--runtime', 'local'),
        workspace.start('--runtime', 'local'),
      ]);
      for (const { code, stderr } of both) assert.equal(code, 0, `${turn}: ${stderr}`);
      assert.ok(
        both.some(({ stderr }) => stderr.includes('Waiting for another window or terminal')),
      );
      const roles = processesOf(workspace).map(({ role }) => role);
      assert.deepEqual(roles.sort(), ['chroma', 'supervisor', 'watchdog'], turn);
      assert.equal((await workspace.run(['stop'])).code, 0);
      await untilNoneRuns(workspace);
    }
  });

  it('ends as the second one wants, whether that is a stop or a start', async () => {
    const workspace = await open();
    await workspace.run(['generate']);
    const [started, stopped] = await Promise.all([
      workspace.start('--runtime', 'local'),
      workspace.run(['stop']),
    ]);
    assert.equal(stopped.code, 0, stopped.stderr);
    const { state } = await workspace.status();
    const count = processesOf(workspace).length;
    if (state === 'healthy') assert.equal(count, 3);
    else assert.deepEqual([state, count], ['stopped', 0], started.stderr);
  });

  it('replaces a Chroma that hangs, says so, and keeps the data', async () => {
    const workspace = await open();
    assert.equal((await workspace.start('--runtime', 'local')).code, 0);
    await addData(workspace);
    process.kill(pidOf(workspace, 'chroma'), 'SIGSTOP');
    const again = await workspace.start('--runtime', 'local');
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stderr, /gave no verified heartbeat\. .+ It is replaced; its data stays\./);
    assert.match((await workspace.curl(COLLECTIONS)).stdout, /"kept"/);
    assert.equal(processesOf(workspace).length, 3);
  });

  it('replaces a frozen supervisor, which a stop alone could not reach', async () => {
    const workspace = await open();
    assert.equal((await workspace.start('--runtime', 'local')).code, 0);
    process.kill(pidOf(workspace, 'supervisor'), 'SIGSTOP');
    assert.match(
      (await workspace.run(['status'])).stderr,
      /The process that runs Chroma does not answer\./,
    );
    const again = await workspace.start('--runtime', 'local');
    assert.equal(again.code, 0, again.stderr);
    assert.equal(processesOf(workspace).length, 3);
  });
});
