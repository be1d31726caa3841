import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { Workbench } from './workbench.ts';

/** A link and an icon, as VS Code's notifications and quick picks write them. */
const HOSTILE = '[Regenerate](command:workbench.action.toggleZenMode)$(verified)';

describe('text of a folder, in VS Code', function () {
  let workbench: Workbench | undefined;
  const vscode = (): Workbench => {
    assert.ok(workbench, 'VS Code is open');
    return workbench;
  };

  before(async function () {
    workbench = await Workbench.open(this, { settings: { 'chromaTls.runtime': 'local' } });
    await workbench.openSideBar();
    await workbench.clickWelcome('Generate Certificate');
    await workbench.waitForNotification(/certificate for localhost.* is ready/);
    await workbench.dismissNotifications();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await vscode().screenshot('failed-foreign-text');
  });
  after(async () => {
    await workbench?.close();
  });

  beforeEach(async () => {
    await writeFile(join(vscode().folder, '.env'), `CHROMA_DOMAIN=${HOSTILE}\n`);
  });

  it('makes no link in a message', async () => {
    await vscode().waitForNotification(/Regenerate.* cannot be the name of a server/);
    await vscode().dismissNotifications();
    await vscode().runCommand('Chroma: Generate Certificate');
    await vscode().waitForNotification(/Regenerate.* cannot be the name of a server/);
    assert.equal(await vscode().page.locator('.notification-list-item-message a').count(), 0);
    await vscode().dismissNotifications();
  });

  it('makes no icon in a quick pick, and no link in a tooltip', async () => {
    await vscode().statusItem.hover();
    const tooltip = vscode().page.locator('.monaco-hover', { hasText: 'Regenerate' });
    await tooltip.waitFor();
    const links = await tooltip.locator('a').allTextContents();
    assert.ok(!links.some((text) => text.includes('Regenerate](')), links.join(' | '));
    assert.equal(await tooltip.locator('a[data-href*="toggleZenMode"]').count(), 0);
    await vscode().statusItem.click();
    const fact = vscode().page.locator('.quick-input-list-entry', { hasText: 'Domain' });
    await fact.getByText(/toggleZenMode/).waitFor();
    assert.equal(await fact.locator('.codicon-verified').count(), 0);
    await vscode().page.keyboard.press('Escape');
  });

  it('makes no link in an input box', async () => {
    await vscode().useWorkspaceSettings({ 'chromaTls.envFile': HOSTILE });
    await vscode().waitForTreeRow('Domain', /^localhost$/);
    await vscode().runCommand('Chroma: Set Domain (CHROMA_DOMAIN)');
    const message = vscode().page.locator('.quick-input-message');
    await message.getByText(/toggleZenMode/).waitFor();
    assert.equal(await message.locator('a').count(), 0);
  });
});
