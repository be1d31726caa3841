import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { requirePart } from '../parts.ts';
import { freePort, program } from '../real/fixtures/cli.ts';
import { Workbench } from './workbench.ts';

describe('a user who leaves', function () {
  let workbench: Workbench | undefined;
  let port = 0;
  let root = '';
  const data = (): string => join(root, 'data');
  const database = (): string => join(root, 'home', '.pki', 'nssdb');
  const vscode = (): Workbench => {
    assert.ok(workbench, 'VS Code is open');
    return workbench;
  };
  const certutil = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await program('certutil', [
      ...args,
      ...['-d', `sql:${database()}`],
    ]);
    assert.equal(code, 0, stderr);
    return stdout;
  };

  before(async function () {
    requirePart(this, 'nss tools');
    root = await mkdtemp(join(tmpdir(), 'chroma-tls-leaving-'));
    await mkdir(database(), { recursive: true });
    await certutil('-N', '--empty-password');
    port = await freePort();
    workbench = await Workbench.open(this, {
      settings: { 'chromaTls.port': port },
      env: {
        HOME: join(root, 'home'),
        CHROMA_TLS_DATA_DIR: data(),
        DOCKER_HOST: 'tcp://127.0.0.1:1',
      },
    });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await vscode().screenshot('failed');
  });
  after(async () => {
    await workbench?.close();
    await rm(root, { recursive: true, force: true });
  });

  const REMOVE = 'Chroma: Remove Everything of This Folder';

  it('removes everything outside of the folder, and finds VS Code as it was before', async () => {
    await vscode().openSideBar();
    await vscode().clickWelcome('Start Server');
    await vscode().answerDialog('Install');
    await vscode().waitForStatus(/healthy/i);
    const [id = ''] = await readdir(join(data(), 'workspaces'));
    const ca = join(vscode().folder, 'certs', 'ca.pem');
    await certutil('-A', '-t', 'C,,', '-n', `chroma-tls-${id}-0123456789abcdef`, '-i', ca);

    // One who reads what would go, and would rather not.
    await vscode().runCommand(REMOVE);
    const question = await vscode().dialogText();
    for (const named of [
      /The server that runs is stopped first\./,
      /Trust in the authority: .*nssdb/,
      /Key of the authority: /,
      /Private Chroma \(\d+ MB\): /,
      /certs, \.env and Compose files stay/,
    ])
      assert.match(question, named);
    assert.doesNotMatch(question, /Data of/);
    await vscode().screenshot('leaving-question');
    await vscode().answerDialog('Cancel');
    await vscode().waitForStatus(/healthy/i);
    assert.match(await certutil('-L'), /chroma-tls-/);

    await vscode().runCommand(REMOVE);
    await vscode().answerDialog('Remove');
    assert.match(await vscode().dialogText(), /Data of the local Chroma \(.+\): .*chroma-data/);
    await vscode().answerDialog('Delete Data');
    await vscode().waitForNotification(/Removed: Trust in the authority, .*Private Chroma/);
    await vscode().screenshot('leaving-removed');
    const said = (await vscode().notifications()).join('\n');
    assert.doesNotMatch(said, /Still there/);
    await vscode().waitForStatus(/stopped/i);
    assert.doesNotMatch(await certutil('-L'), /chroma-tls-/);
    const asked = await program('curl', ['-sS', `https://localhost:${port}`]);
    assert.match(asked.stderr, /Failed to connect|Could not connect|Connection refused/i);
    assert.deepEqual(await readdir(data(), { recursive: true }).catch(() => []), [], 'the disk');
    assert.ok(!existsSync(data()), 'nothing is left on the disk');
    assert.ok(existsSync(ca), 'the folder is as it was');

    // The rest is the user's own, and so is the view that they have open.
    await vscode().openSideBar('Explorer');
    await rm(join(vscode().folder, 'certs'), { recursive: true });
    await vscode().waitForStatus(/not set up/i);
    await vscode().reload();
    await vscode().runCommand('Developer: Show Running Extensions');
    const own = vscode().page.locator('.runtime-extensions-editor .extension', {
      hasText: 'Chroma TLS',
    });
    await own.getByText(/Activation: \d+ms/).waitFor();
    await vscode().screenshot('leaving-reloaded');
    assert.equal(await vscode().statusItem.count(), 0, 'nobody wakes us');
    assert.ok(!existsSync(data()), 'and nothing comes back');
  });
});
