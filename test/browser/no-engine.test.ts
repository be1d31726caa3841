import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { freePort } from '../real/fixtures/cli.ts';
import { Workbench } from './workbench.ts';

describe('a user without an engine and without Chroma', function () {
  let workbench: Workbench | undefined;
  const vscode = (): Workbench => {
    assert.ok(workbench, 'VS Code is open');
    return workbench;
  };

  before(async function () {
    workbench = await Workbench.open(this, {
      settings: { 'chromaTls.port': await freePort() },
      env: { DOCKER_HOST: 'tcp://127.0.0.1:1' },
    });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await vscode().screenshot('failed');
  });

  after(async () => {
    await workbench?.close();
  });

  it('is asked by the size of a private one, and is healthy after that click', async () => {
    await vscode().openSideBar();
    await vscode().waitForStatus(/not set up/i);
    const began = Date.now();
    await vscode().clickWelcome('Start Server');
    const question = await vscode().dialogText();
    assert.match(question, /No Chroma 1\.x was found on this machine\./);
    assert.match(question, /privately \(\d\d MB to download, \d\d MB on disk\)\?/);
    const agreed = Date.now();
    await vscode().answerDialog('Install');
    await vscode().waitForStatus(/healthy/i);
    // How long a user waits, apart from reading. Printed, because it depends on the machine and the network.
    const seconds = (from: number): string => ((Date.now() - from) / 1000).toFixed(1);
    console.log(`    ${seconds(agreed)} s from Install to Healthy, ${seconds(began)} s in all`);
    await vscode().waitForTreeRow('Server', /Healthy/);
    await vscode().waitForTreeRow('Program', /chroma 1\.5\.9/);
  });
});
