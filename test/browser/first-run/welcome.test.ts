import { afterEach, describe, it } from 'mocha';
import type { Locator } from 'playwright-core';
import { Workbench } from '../workbench.ts';

describe('the view where there is nothing to show', () => {
  let workbench: Workbench | undefined;
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench?.screenshot('failed-welcome');
    await workbench?.close();
    workbench = undefined;
  });

  // That of a folder without trust is in `faults.test.ts`, that of several folders in `opening.test.ts`.
  it('names the next step, and does it', async function () {
    workbench = await Workbench.open(this);
    const { page } = workbench;
    const asked = (title: string): Locator =>
      page.locator('.quick-input-title', { hasText: title });
    await workbench.openSideBar();
    await workbench.waitForWelcome(/no certificate and no server yet/);
    await workbench.screenshot('welcome-unconfigured');
    await workbench.clickWelcome('Set Domain');
    await asked('Set Domain').waitFor();

    // Files that are in no folder of a disk, as those of a repository on GitHub.
    for (const [folder, text] of [
      ['tmp:/', /not on a disk/],
      ['', /Open a folder to begin/],
    ] as const) {
      await workbench.visit(folder);
      await workbench.openSideBar();
      await workbench.waitForWelcome(text);
      await workbench.screenshot(`welcome-${folder === '' ? 'no-folder' : 'virtual'}`);
      await workbench.clickWelcome('Open Folder');
      await asked('Open Folder').waitFor();
    }
  });
});
