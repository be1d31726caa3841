import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import { requirePart } from '../../parts.ts';
import { program, Workspace } from '../fixtures/cli.ts';
import { containersOf, docker } from '../fixtures/docker.ts';
import { useLocalWorkspaces } from '../fixtures/local-workspaces.ts';
import { skipBecause } from '../../harness/skip-reasons.ts';

const ALL = ['clean', '--yes', '--data'] as const;

/** Where a workspace's user has everything. */
function dataOf(workspace: Workspace): string {
  return join(dirname(workspace.folder), 'data');
}

/** The certificates in the database of the workspace's user. */
async function listTrusted(home: string): Promise<string> {
  return (await program('certutil', ['-L', '-d', `sql:${home}/.pki/nssdb`])).stdout;
}

/** Gives a workspace a user with a home, and a browser's database in it. */
async function giveHome(workspace: Workspace): Promise<string> {
  const home = join(dirname(workspace.folder), 'home');
  const database = join(home, '.pki/nssdb');
  await mkdir(database, { recursive: true });
  await program('certutil', ['-N', '--empty-password', '-d', `sql:${database}`]);
  workspace.env['HOME'] = home;
  return home;
}

/** Trusts the workspace's authority in the database alone, and not in what the machine has. */
async function trustInBrowser(workspace: Workspace, home: string): Promise<void> {
  const ca = join(workspace.folder, 'certs', 'ca.pem');
  const [id = ''] = await readdir(join(dataOf(workspace), 'workspaces'));
  const args = ['-A', '-t', 'C,,', '-n', `chroma-tls-${id}-0123456789abcdef`, '-i', ca];
  const added = await program('certutil', [...args, '-d', `sql:${home}/.pki/nssdb`]);
  assert.equal(added.code, 0, added.stderr);
  assert.match(await listTrusted(home), /chroma-tls-/);
}

describe('leaving a folder whose server has no container', () => {
  const workspaces = useLocalWorkspaces();
  before(function () {
    requirePart(this, 'nss tools');
  });

  /** A workspace with all that there can be outside of it, as it is once its server was stopped. */
  async function openUsed(): Promise<{ readonly workspace: Workspace; readonly home: string }> {
    // No engine answers there: one that refuses this user would be a doubt.
    const workspace = await workspaces.open({ DOCKER_HOST: 'tcp://127.0.0.1:1' });
    const home = await giveHome(workspace);
    const { code, stderr } = await workspace.run(['generate']);
    assert.equal(code, 0, stderr);
    const [id = ''] = await readdir(join(dataOf(workspace), 'workspaces'));
    const own = join(dataOf(workspace), 'workspaces', id);
    await writeFile(join(own, 'runtime'), 'local\n');
    await mkdir(join(own, 'chroma-data'));
    await writeFile(join(own, 'chroma-data', 'kept'), 'kept');
    await trustInBrowser(workspace, home);
    const privateChroma = join(dataOf(workspace), 'python', 'chroma-1.5.9-01234567');
    await mkdir(privateChroma, { recursive: true });
    await writeFile(join(privateChroma, 'large'), Buffer.alloc(3_000_000));
    await writeFile(join(own, 'private-chroma'), 'chroma-1.5.9-01234567\n');
    return { workspace, home };
  }

  it('takes all but the data with one yes, and the data with the other', async () => {
    const { workspace, home } = await openUsed();
    const started = await workspace.start('--runtime', 'local');
    assert.equal(started.code, 0, started.stderr);
    const data = dataOf(workspace);
    const [id = ''] = await readdir(join(data, 'workspaces'));
    const own = join(data, 'workspaces', id);

    const asked = await workspace.run(['clean']);
    assert.equal(asked.code, 1);
    assert.match(asked.stderr, /Nothing was removed\. Agree with --yes\./);
    for (const named of [
      /server that runs/,
      /Trust in the authority/,
      /Key of the authority/,
      /Logs \(/,
      /Private Chroma \(3\.0 MB\)/,
      /Data of the local Chroma \(\d+ KB\): deleted\n +.*chroma-data\n/,
      /certs, \.env and Compose files stay/,
    ])
      assert.match(asked.stdout, named);
    assert.equal((await workspace.curl('/api/v2/heartbeat')).code, 0);

    const cleaned = await workspace.run(['clean', '--yes', '--runtime', 'local']);
    assert.equal(cleaned.code, 0, cleaned.stderr);
    assert.match(cleaned.stdout, /The data stays/);
    assert.doesNotMatch(await listTrusted(home), /chroma-tls-/);
    assert.ok((await stat(join(own, 'chroma-data'))).isDirectory());
    assert.deepEqual((await readdir(own)).toSorted(), ['chroma-data', 'place', 'runtime']);
    assert.ok(!existsSync(join(data, 'python')));
    assert.notEqual((await workspace.curl('/api/v2/heartbeat')).code, 0);

    assert.equal((await workspace.run(ALL)).code, 0);
    assert.ok(!existsSync(data), 'nothing of it is left');
    assert.ok(existsSync(join(workspace.folder, 'certs', 'servercert.pem')));
    const again = await workspace.run(ALL);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /^Nothing outside of this folder is left of it\.$/m);
    assert.ok(!existsSync(data), 'and looking leaves nothing');
  });

  it('is done again where it was killed half-way', async () => {
    const kill = (workspace: Workspace): Promise<void> =>
      new Promise((done) => {
        const child = execFile(
          process.execPath,
          [resolve('dist/cli.js'), ...ALL],
          { cwd: workspace.folder, env: workspace.env },
          () => {
            done();
          },
        );
        child.stderr?.on('data', (chunk: Buffer | string) => {
          if (String(chunk).includes('Key of the authority')) child.kill('SIGKILL');
        });
      });
    let used = await openUsed();
    await kill(used.workspace);
    // On a busy machine it may have ended before that was heard.
    for (let tries = 1; tries < 10 && !existsSync(dataOf(used.workspace)); tries += 1) {
      used = await openUsed();
      await kill(used.workspace);
    }
    const { workspace, home } = used;
    assert.ok(existsSync(dataOf(workspace)), 'it was killed before its end');
    const { code, stderr } = await workspace.run(ALL);
    assert.equal(code, 0, stderr);
    assert.ok(!existsSync(dataOf(workspace)));
    assert.doesNotMatch(await listTrusted(home), /chroma-tls-/);
  });

  it('knows a renamed folder, and leaves a copy’s original and what others need alone', async () => {
    const { workspace } = await openUsed();
    const data = dataOf(workspace);
    const before = await readdir(data, { recursive: true });

    // One that nobody uses, whatever else other folders run.
    await mkdir(join(data, 'python', 'chroma-1.4.0-89abcdef'));

    const copy = join(dirname(workspace.folder), 'copy');
    await cp(workspace.folder, copy, { recursive: true });
    const cli = [resolve('dist/cli.js'), ...ALL];
    const ofCopy = await program(process.execPath, cli, { cwd: copy, env: workspace.env });
    assert.equal(ofCopy.code, 0, ofCopy.stderr);
    assert.match(ofCopy.stdout, /private Chroma chroma-1\.5\.9-01234567 stays: .* may need it/);
    assert.deepEqual(ofCopy.stdout.match(/^Removed: .*/gm)?.length, 1, ofCopy.stdout);
    assert.match(ofCopy.stdout, /^Removed: Private Chroma .*chroma-1\.4\.0-89abcdef$/m);
    assert.deepEqual(await readdir(data, { recursive: true }), before);

    const renamed = join(dirname(workspace.folder), 'renamed');
    await rename(workspace.folder, renamed);
    const ofRenamed = await program(process.execPath, cli, { cwd: renamed, env: workspace.env });
    assert.equal(ofRenamed.code, 0, ofRenamed.stderr);
    assert.ok(!existsSync(data));
  });

  it('deletes the hook of certbot, and names what only its owner can', async function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'needs root to write a hook of certbot');
    const workspace = await workspaces.open();
    await workspace.run(['generate']);
    const [id = ''] = await readdir(join(dataOf(workspace), 'workspaces'));
    const hook = `certbot/renewal-hooks/deploy/chroma-tls-${id}.sh`;
    await mkdir(dirname(join(dataOf(workspace), hook)), { recursive: true });
    await writeFile(join(dataOf(workspace), hook), '#!/bin/sh\n');
    await workspace.giveToNobody();
    // Now only root may delete it.
    await program('chown', ['root:root', dirname(join(dataOf(workspace), hook))]);
    const refused = await workspace.runAsNobody([...ALL]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /Run this in a terminal: sudo rm -- /);
    assert.match(refused.stdout, /Removed: Key of the authority/);
    const left = await readdir(join(dataOf(workspace), 'workspaces', id));
    assert.deepEqual(left, ['place'], 'its name is still known');
    assert.equal((await workspace.run(ALL)).code, 0);
    assert.ok(!existsSync(join(dataOf(workspace), hook)));
  });
});

describe('leaving a folder whose server is in containers', () => {
  const opened: Workspace[] = [];
  before(function () {
    for (const part of [
      'docker',
      'image chromadb/chroma:1.5.9',
      'image nginx:1.29-alpine',
    ] as const)
      requirePart(this, part);
  });
  afterEach(async () => {
    await docker('rm', '--force', 'chroma-tls-test-other-user');
    for (const workspace of opened.splice(0)) await workspace.run(ALL);
  });

  it('removes them, names a volume that is still in use, and takes it later', async () => {
    const workspace = await Workspace.create();
    opened.push(workspace);
    await giveHome(workspace);
    assert.equal((await workspace.start('--runtime', 'docker')).code, 0);
    const [id = ''] = await readdir(join(dataOf(workspace), 'workspaces'));
    const volume = `chroma-tls-${id}-data`;
    const mount = ['--mount', `type=volume,source=${volume},target=/there`];
    const other = ['create', '--name', 'chroma-tls-test-other-user', ...mount];
    await docker(...other, 'chromadb/chroma:1.5.9');

    const refused = await workspace.run(ALL);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /volume is in use/);
    assert.match(refused.stdout, /Removed: Container/);
    assert.deepEqual(await containersOf(workspace), []);
    const left = await readdir(join(dataOf(workspace), 'workspaces', id));
    assert.deepEqual(left.toSorted(), ['place', 'runtime'], 'what leads to the volume');

    await docker('rm', '--force', 'chroma-tls-test-other-user');
    const cleaned = await workspace.run(ALL);
    assert.equal(cleaned.code, 0, cleaned.stderr);
    assert.match(cleaned.stdout, new RegExp(`Removed: Data of Chroma 1\\.x \\(.+\\), .*${volume}`));
    assert.equal(await docker('volume', 'ls', '--quiet', '--filter', `name=${volume}`), '');
    assert.ok(!existsSync(dataOf(workspace)));
  });
});
