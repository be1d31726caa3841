import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { requirePart } from '../parts.ts';
import { freePort } from '../real/fixtures/cli.ts';
import { Walkthrough } from './walkthrough.ts';
import { Workbench } from './workbench.ts';

/** VS Code's own setting, which other tests have off. */
const OPEN_ON_INSTALL = { 'workbench.welcomePage.walkthroughs.openOnInstall': true };

describe('the walkthrough', () => {
  let workbench: Workbench | undefined;
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench?.screenshot('failed');
    await workbench?.close();
    workbench = undefined;
  });

  it('opens after installing, and its steps are done by what is true', async function () {
    const chroma = requirePart(this, 'chroma 1.5.9');
    workbench = await Workbench.open(this, {
      settings: {
        ...OPEN_ON_INSTALL,
        'chromaTls.port': await freePort(),
        'chromaTls.runtime': 'local',
        'chromaTls.localCommand': chroma.command,
      },
    });
    const walkthrough = new Walkthrough(workbench.page);
    await walkthrough.opened();
    assert.deepEqual(await walkthrough.doneSteps(), []);
    await workbench.screenshot('walkthrough-1-dark');

    await walkthrough.press('Generate Certificate');
    await walkthrough.waitForDone(['certificate']);
    await workbench.dismissNotifications();

    await walkthrough.select('server');
    await walkthrough.press('Start Server');
    await workbench.waitForStatus(/healthy/i);
    await walkthrough.waitForDone(['certificate', 'server']);
    await workbench.dismissNotifications();
    await workbench.screenshot('walkthrough-2-dark');

    await walkthrough.select('connect');
    await walkthrough.press('Copy Endpoint');
    await walkthrough.waitForDone(['certificate', 'server', 'connect']);
    await workbench.screenshot('walkthrough-3-dark');
    await walkthrough.select('trust');
    await workbench.screenshot('walkthrough-4-dark');
  });
});
