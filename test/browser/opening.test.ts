import assert from 'node:assert/strict';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { requirePart } from '../parts.ts';
import { cleanUp, containersOf } from '../real/fixtures/docker.ts';
import { freePort, Workspace } from '../real/fixtures/cli.ts';
import { Workbench } from './workbench.ts';

describe('a folder that is opened in VS Code', () => {
  let workbench: Workbench | undefined;
  afterEach(async () => {
    await workbench?.close();
    workbench = undefined;
  });

  it('shows its own state, and no other before', async function () {
    const workspace = await Workspace.create();
    await workspace.run(['generate', '--folder', 'tls']);
    workbench = await Workbench.open(this, {
      folder: workspace.folder,
      settings: {
        'chromaTls.port': workspace.port,
        'chromaTls.runtime': 'local',
        'chromaTls.certificatesFolder': 'tls',
      },
      env: { CHROMA_TLS_DATA_DIR: workspace.env['CHROMA_TLS_DATA_DIR'] ?? '' },
    });
    // Without opening the view: the folder was used from a terminal before.
    await workbench.waitForStatus(/Stopped/);
    await workbench.openSideBar();
    await workbench.waitForTreeRow('Server', /Stopped/);
    const shown = await workbench.recordSideBar();
    await workbench.reload();
    await workbench.waitForTreeRow('Server', /Stopped/);
    const untrue = /trusted this workspace|Open a folder|no server yet|Not set up|None yet/;
    assert.deepEqual(
      shown().filter((text) => untrue.test(text)),
      [],
    );
    assert.ok(shown().some((text) => text.includes('Stopped')));
  });

  it('starts its server where it is asked to and ran before, and not again once it was stopped', async function () {
    requireDocker(this);
    const workspace = await Workspace.create();
    try {
      workbench = await openStopped(this, workspace);
      await workbench.waitForStatus(/Healthy/);
      await workbench.runCommand('Chroma: Stop Server');
      await workbench.waitForStatus(/Stopped/);
      await workbench.reload();
      await workbench.waitForStatus(/Stopped/);
      // What a start would have begun by now.
      await workbench.runCommand('Chroma: Show Status');
      await workbench.waitForOption(/Start Server/);
      assert.match(await workbench.statusText(), /Stopped/);
      assert.deepEqual(await containersOf(workspace), []);
    } finally {
      await cleanUp(workspace);
    }
  });

  it('does not open a server by itself that a terminal had ask for a token, but asks', async function () {
    requireDocker(this);
    const workspace = await Workspace.create();
    try {
      workbench = await openStopped(this, workspace, '--token', 'generated');
      await workbench.waitForNotification(/not started, because a start needs an answer/);
      assert.deepEqual(await containersOf(workspace), []);
      await workbench.runCommand('Chroma: Start Server');
      assert.match(await workbench.dialogText(), /Start Chroma without its token\?/);
      await workbench.screenshot('token-loss');
      await workbench.answerDialog('Keep Token');
      await workbench.waitForStatus(/Healthy/);
      const { stdout } = await workspace.curl('/api/v2/auth/identity', '-w', '%{http_code}');
      assert.match(stdout, /401$/);
    } finally {
      await cleanUp(workspace);
    }
  });

  it('is the one that is meant where a file of it is edited, until another is picked', async function () {
    const root = await mkdtemp(join(tmpdir(), 'chroma-tls-folders-'));
    for (const name of ['one', 'two']) {
      await mkdir(join(root, name));
      await writeFile(join(root, name, `${name}.txt`), name);
    }
    const workspaceFile = join(root, 'both.code-workspace');
    const folders = [{ path: 'one' }, { path: 'two' }];
    await writeFile(workspaceFile, JSON.stringify({ folders }));
    workbench = await Workbench.open(this, { folder: join(root, 'one'), workspaceFile });
    const { page } = workbench;
    const named = (name: string): Promise<void> =>
      page.locator('.part.sidebar').getByText(`Server (${name})`).first().waitFor();

    await workbench.openSideBar();
    await page.getByText(/Several folders are open/).waitFor();
    await workbench.openFile('two.txt');
    await named('two');
    await workbench.openFile('one.txt');
    await named('one');
    await workbench.runCommand('Chroma: Select Folder');
    await workbench.pick(/\btwo\b/);
    await named('two');
    // Picked, it stays whatever is edited.
    await workbench.openFile('two.txt');
    await workbench.openFile('one.txt');
    await workbench.runCommand('Chroma: Show Status');
    await page.locator('.quick-input-title', { hasText: 'two' }).waitFor();
    await workbench.screenshot('folders');
  });

  it('is watched again after a reload where someone else runs its server', async function () {
    workbench = await Workbench.open(this, {
      files: { '.env': 'CHROMA_DOMAIN=localhost\n' },
      settings: { 'chromaTls.port': await freePort(), 'chromaTls.runtime': 'external' },
    });
    await workbench.untilInstalled();
    await workbench.runCommand('Chroma: Show Status');
    await workbench.waitForStatus(/Unreachable/);
    await workbench.page.keyboard.press('Escape');
    await workbench.reload();
    await workbench.waitForStatus(/Unreachable/);
  });
});

function requireDocker(context: Mocha.Context): void {
  for (const part of [
    'docker',
    'image chromadb/chroma:1.5.9',
    'image nginx:1.29-alpine',
  ] as const) {
    requirePart(context, part);
  }
}

/** Opens the folder of a server that ran in Docker and was stopped, where it is asked to start on opening. */
async function openStopped(
  context: Mocha.Context,
  workspace: Workspace,
  ...options: readonly string[]
): Promise<Workbench> {
  const started = await workspace.start('--runtime', 'docker', ...options);
  assert.equal(started.code, 0, started.stderr);
  await workspace.run(['stop']);
  return Workbench.open(context, {
    folder: workspace.folder,
    settings: { 'chromaTls.port': workspace.port, 'chromaTls.startOnOpen': true },
    env: { CHROMA_TLS_DATA_DIR: workspace.env['CHROMA_TLS_DATA_DIR'] ?? '' },
  });
}
