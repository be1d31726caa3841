import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { requirePart } from '../../parts.ts';
import { freePort } from '../../real/fixtures/cli.ts';
import { Walkthrough } from './walkthrough.ts';
import { Workbench } from '../workbench.ts';

/** VS Code's own setting, which other tests have off. */
const OPEN_ON_INSTALL = { 'workbench.welcomePage.walkthroughs.openOnInstall': true };
/** Else VS Code brings back what was open. */
const RESTORE_NOTHING = { 'workbench.editor.restoreEditors': false };

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
    await walkthrough.press('Copy Client Code');
    await workbench.pick('Python');
    await walkthrough.waitForDone(['certificate', 'server', 'connect']);
    await workbench.screenshot('walkthrough-3-dark');
    await walkthrough.select('trust');
    await workbench.screenshot('walkthrough-4-dark');
  });

  it('opens only once, whatever is reloaded or opened later', async function () {
    const other = await mkdtemp(join(tmpdir(), 'chroma-tls-other-'));
    workbench = await Workbench.open(this, {
      settings: { ...OPEN_ON_INSTALL, ...RESTORE_NOTHING },
    });
    const walkthrough = new Walkthrough(workbench.page);
    await walkthrough.opened();
    await workbench.reload();
    await stayedClosed(workbench, walkthrough);
    await workbench.visit(other);
    await stayedClosed(workbench, walkthrough);
  });

  it('stands beside the view whenever `npm start` opens VS Code', async function () {
    workbench = await Workbench.open(this, { opener: true, settings: RESTORE_NOTHING });
    const walkthrough = new Walkthrough(workbench.page);
    await walkthrough.opened();
    await workbench.waitForWelcome(/no certificate and no server yet/);
    await workbench.screenshot('npm-start');
    await workbench.reload();
    await stayedClosed(workbench, walkthrough);
  });
});

/** Waits until the extension was loaded and shows something. */
async function stayedClosed(workbench: Workbench, walkthrough: Walkthrough): Promise<void> {
  await workbench.openSideBar();
  await workbench.waitForWelcome(/no certificate and no server yet/);
  assert.equal(await walkthrough.opensSoon(), false);
}
