import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { requirePart } from '../parts.ts';
import { program, Workspace } from '../real/cli.ts';
import { openWindow, type Window } from './window.ts';

/** What the README promises, as a person does it: clicks in a real VS Code, in a real browser. */
describe('a person in VS Code', function () {
  this.timeout(180_000);
  let workspace: Workspace;
  let window: Window | undefined;

  before(async function () {
    const { path } = requirePart(this, 'chromium');
    requirePart(this, 'vscode-server');
    requirePart(this, 'docker');
    requirePart(this, 'image chromadb/chroma:1.5.9');
    requirePart(this, 'image nginx:1.29-alpine');
    workspace = await Workspace.create();
    await mkdir(join(workspace.folder, '.vscode'));
    await writeFile(
      join(workspace.folder, '.vscode', 'settings.json'),
      JSON.stringify({ 'chromaTls.port': workspace.port, 'chromaTls.heartbeat.interval': 1 }),
    );
    window = await openWindow(workspace, path);
  });
  after(async () => {
    await window?.close();
    await workspace.run(['stop']);
    const label = `label=chroma-tls.workspace`;
    const volumes = await program('docker', ['volume', 'ls', '-q', '--filter', label]);
    await program('docker', ['volume', 'rm', ...volumes.stdout.split('\n').filter(Boolean)]);
  });

  function opened(): Window {
    assert.ok(window, 'the window is open');
    return window;
  }

  it('finds the first step in the sidebar of an empty folder', async () => {
    const page = opened();
    await page.openView();
    await page.waitForText('This folder has no certificate yet');
    await page.waitForStatus(/Not set up/);
    await page.takePicture('1-welcome');
  });

  it('generates a certificate from the palette', async () => {
    const page = opened();
    await page.runCommand('Chroma: Generate Certificate');
    await page.waitForStatus(/Stopped/);
    await page.waitForRow(/^Names: localhost, 127\.0\.0\.1, ::1/);
    const files = (await readdir(join(workspace.folder, 'certs'))).sort();
    assert.deepEqual(files, ['.gitignore', 'ca.pem', 'servercert.pem', 'serverkey.pem']);
    await page.takePicture('2-certificate');
  });

  it('starts the server from the sidebar, and the status bar turns healthy', async () => {
    const page = opened();
    await page.clickInRow(/^Server: Stopped/, 'Start Server');
    await page.waitForStatus(/Healthy/);
    await page.waitForRow(/^Server: Healthy/);
    assert.equal((await workspace.status()).state, 'healthy', 'the CLI sees the same server');
    assert.match((await workspace.curl('/api/v2/heartbeat')).stdout, /nanosecond heartbeat/);
    await page.dismissNotifications();
    await page.takePicture('3-healthy');
  });

  it('shows by itself that .env names another domain, which the certificate lacks', async () => {
    const page = opened();
    const env = join(workspace.folder, '.env');
    await writeFile(env, 'CHROMA_DOMAIN=other.test\n');
    await page.waitForStatus(/Unreachable.*not good for other\.test/);
    await page.takePicture('4-name-mismatch');
    await rm(env);
    await page.waitForStatus(/Healthy/);
  });

  it('shows within seconds that the container was killed, and starts it again', async () => {
    const page = opened();
    const label = `label=chroma-tls.folder=${workspace.folder}`;
    const listed = await program('docker', ['ps', '-q', '--filter', label]);
    await program('docker', ['kill', ...listed.stdout.split('\n').filter(Boolean)]);
    await page.waitForStatus(/Failed.*exited with code 137/, 5000);
    await page.takePicture('5-killed');
    await page.runCommand('Chroma: Start Server');
    await page.waitForStatus(/Healthy/);
  });

  it('finds the running server again after the window was reloaded', async () => {
    const page = opened();
    await page.reload();
    await page.waitForStatus(/Healthy/);
  });

  it('stops the server, and says so', async () => {
    const page = opened();
    await page.dismissNotifications();
    await page.openView();
    await page.clickInRow(/^Server: Healthy/, 'Stop Server');
    await page.waitForStatus(/Stopped/);
    const label = `label=chroma-tls.folder=${workspace.folder}`;
    assert.equal((await program('docker', ['ps', '-aq', '--filter', label])).stdout, '');
    assert.match(await readFile(join(workspace.folder, 'certs', 'ca.pem'), 'utf8'), /BEGIN/);
  });
});
