import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { requirePart } from '../parts.ts';
import { freePort } from '../real/fixtures/cli.ts';
import { Workbench } from './workbench.ts';

describe('a user in VS Code', function () {
  let workbench: Workbench | undefined;
  const vscode = (): Workbench => {
    assert.ok(workbench, 'VS Code is open');
    return workbench;
  };

  before(async function () {
    requirePart(this, 'docker');
    requirePart(this, 'image chromadb/chroma:1.5.9');
    requirePart(this, 'image nginx:1.29-alpine');
    workbench = await Workbench.open(this, {
      files: { '.env': 'CHROMA_DOMAIN=localhost\n' },
      settings: { 'chromaTls.port': await freePort() },
    });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await vscode().screenshot('failed');
  });

  after(async () => {
    await workbench?.close();
  });

  it('gets from an empty workspace to a server, finds it again after a reload, and stops it', async () => {
    // The first step is told.
    await vscode().openSideBar();
    await vscode().waitForStatus(/not set up/i);
    await vscode().screenshot('1-empty');

    // The certificate is made from the view.
    await vscode().clickWelcome('Generate Certificate');
    await vscode().waitForNotification(/certificate for localhost.* is ready/);
    await vscode().waitForTreeRow('Certificate', /Expires in \d+ days/);
    await vscode().waitForTreeRow('Server', /Stopped/);
    await vscode().screenshot('2-certificate');

    // The server is started.
    // The message is in the status bar for a while only. Waiting begins here, because it may be gone
    // before anything else was checked.
    const told = vscode()
      .page.locator('.statusbar')
      .getByText(/answers at https/)
      .waitFor();
    await vscode().answerNotification(/certificate for localhost/, 'Start Server');
    await told;
    await vscode().waitForStatus(/healthy/i);
    assert.ok(!(await vscode().notifications()).some((text) => text.includes('answers at')));
    await vscode().waitForTreeRow('Server', /Healthy/);
    await vscode().dismissNotifications();
    await vscode().screenshot('3-healthy-dark');
    await vscode().useTheme('light');
    await vscode().screenshot('3-healthy-light');

    // The window is reloaded.
    await vscode().reload();
    await vscode().waitForStatus(/healthy/i);

    // What a client meets is tried.
    await vscode().runCommand('Chroma: Test Connection');
    await vscode().waitForNotification(
      /TLS 1\.3 verified for localhost, [\d.]+ ms, 0 collections\./,
    );
    await vscode().screenshot('3-connection');
    await vscode().dismissNotifications();

    // The image can be another one.
    await vscode().runCommand('Chroma: Select Image');
    await vscode().waitForOption(/1\.5\.9.*chosen, runs now/);
    await vscode().screenshot('3-images');
    await vscode().page.keyboard.press('Escape');

    // The server is stopped.
    await vscode().runCommand('Chroma: Stop Server');
    await vscode().waitForStatus(/stopped/i);
    await vscode().waitForTreeRow('Server', /Stopped/);
  });
});
