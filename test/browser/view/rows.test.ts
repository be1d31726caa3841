import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { until } from '../../harness/until.ts';
import { PROBLEM_LABELS } from '../../../src/vscode/model/tree/problem-labels.ts';
import { Workspace } from '../../real/fixtures/cli.ts';
import { findCutLabels, findCutUnderMouse, findTooLong, NARROW, useSideBarWidth } from './looks.ts';
import { Workbench } from '../workbench.ts';

const WIDE = 320;

describe('the lines of the view', () => {
  let workspace: Workspace;
  let workbench: Workbench | undefined;
  const vscode = (): Workbench => {
    assert.ok(workbench, 'VS Code is open');
    return workbench;
  };

  before(async function () {
    workspace = await Workspace.create();
    await workspace.run(['generate']);
    workbench = await Workbench.open(this, {
      folder: workspace.folder,
      settings: { 'chromaTls.port': workspace.port, 'chromaTls.runtime': 'local' },
      env: { CHROMA_TLS_DATA_DIR: workspace.env['CHROMA_TLS_DATA_DIR'] ?? '' },
    });
    const { origin } = new URL(workbench.page.url());
    const permissions = ['clipboard-read', 'clipboard-write'];
    await workbench.page.context().grantPermissions(permissions, { origin });
    await workbench.openSideBar();
  });
  /** Each story begins with a certificate that has two problems, whatever ran before. */
  beforeEach(async () => {
    await vscode().dismissNotifications();
    await writeFile(join(workspace.folder, '.env'), `CHROMA_DOMAIN=api-${Date.now()}.test\n`);
    await chmod(join(workspace.folder, 'certs', 'serverkey.pem'), 0o644);
    await vscode().waitForTreeRow('Wrong name', /^$/);
    await vscode().waitForTreeRow('Key not private', /^$/);
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await vscode().screenshot('failed-rows');
  });
  after(async () => {
    await workbench?.close();
  });

  it('do what they are for with a click, and name all they can do in their menu', async () => {
    const { page } = vscode();
    const quickInput = page.locator('.quick-input-widget');

    await vscode().clickRow('Server');
    await page.getByPlaceholder('Choose an action, or a fact to copy').waitFor();
    await page.keyboard.press('Escape');
    await vscode().clickRow('Domain');
    await quickInput.getByText('CHROMA_DOMAIN').first().waitFor();
    await page.keyboard.press('Escape');
    await vscode().clickRow('Certificate');
    await page.getByRole('tab', { name: /servercert\.pem/ }).waitFor();

    await vscode().unfoldRow('Details');
    await vscode().clickMenuOfRow('SHA-256', 'Copy Value');
    await page.locator('.statusbar').getByText('Copied').waitFor();
    assert.match(
      await page.evaluate('navigator.clipboard.readText()'),
      /^([\dA-F]{2}:){31}[\dA-F]{2}$/,
    );

    assert.deepEqual(await vscode().menuOfRow('Wrong name'), [
      'Generate Certificate',
      'Show Status',
      'Copy Value',
    ]);
    await vscode().clickRow('Wrong name');
    await vscode().waitForNotification(/certificate for api-\d+\.test.* is ready/);
    await page.getByText('Wrong name').waitFor({ state: 'hidden' });
  });

  it('have whole labels in the narrowest side bar, whatever is wrong', async () => {
    const { page } = vscode();
    await vscode().useWorkspaceSettings({ 'chromaTls.port': 70_000 });
    await vscode().waitForTreeRow('Invalid setting', /^$/);
    await useSideBarWidth(vscode(), WIDE);
    await vscode().screenshot('lines-wide');
    await useSideBarWidth(vscode(), NARROW);
    await vscode().screenshot('lines-narrow');
    assert.deepEqual(await findCutLabels(page), []);
    const labels = [...PROBLEM_LABELS.values()];
    const underMouse = await findCutUnderMouse(page);
    assert.deepEqual(
      underMouse.filter((label) => !labels.includes(label)),
      [],
      'their buttons leave no room',
    );
    for (const row of ['Wrong name', 'Invalid setting']) {
      assert.deepEqual(await findTooLong(page, row, labels), [], `as ${row} stands`);
      const long = 'Fits in no narrow bar';
      assert.deepEqual(await findTooLong(page, row, [long]), [long]);
    }
  });

  it('are drawn for every theme', async () => {
    const { page } = vscode();
    await useSideBarWidth(vscode(), WIDE);
    const opened = page.getByRole('tab', { name: /servercert\.pem/ });
    // A row that moves while the side bar gets its width is not hit.
    await until('the certificate is open', async () => {
      await vscode().clickRow('Certificate');
      return opened.waitFor({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
    });
    for (const theme of ['light', 'light-contrast', 'dark-contrast', 'dark'] as const) {
      await vscode().useTheme(theme);
      await vscode().screenshot(`theme-${theme}`);
    }
  });
});
