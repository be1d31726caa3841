import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { generateFiles } from '../../src/certificates/generate-files.ts';
import { certificateSettings, DEFAULT_SETTINGS } from '../../src/project/settings.ts';
import { Workbench } from './workbench.ts';

const DAY = 86_400_000;

describe('notifications in VS Code', function () {
  let workbench: Workbench | undefined;
  const vscode = (): Workbench => {
    assert.ok(workbench, 'VS Code is open');
    return workbench;
  };
  const setDomain = (domain: string): Promise<void> =>
    writeFile(join(vscode().folder, '.env'), `CHROMA_DOMAIN=${domain}\n`);

  before(async function () {
    const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-told-'));
    const data = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    process.env['CHROMA_TLS_DATA_DIR'] = data;
    await generateFiles({
      workspace: folder,
      folder: join(folder, 'certs'),
      domain: 'localhost',
      ...certificateSettings(DEFAULT_SETTINGS),
      validityDays: 90,
      now: new Date(Date.now() - 85 * DAY + 7_200_000),
    });
    workbench = await Workbench.open(this, { folder, env: { CHROMA_TLS_DATA_DIR: data } });
    await vscode().openSideBar();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await vscode().screenshot('failed-notifications');
  });
  after(async () => {
    await workbench?.close();
  });

  it('are one at a time: what a user does next replaces the last, what comes by itself waits', async () => {
    await vscode().waitForNotification(/expires in 5 days/);
    const countMost = await vscode().recordNotifications();
    await vscode().runCommand('Chroma: Generate Certificate');
    await vscode().waitForNotification(/is ready/);
    assert.doesNotMatch((await vscode().notifications()).join('\n'), /expires/);
    await setDomain('one.test');
    await vscode().waitForTreeRow('Domain', /one\.test/);
    assert.doesNotMatch((await vscode().notifications()).join('\n'), /one\.test/);
    // Overtaken by another domain, whose turn comes once the message before is gone.
    await setDomain('two.test');
    await vscode().waitForTreeRow('Domain', /two\.test/);
    await vscode().screenshot('one-notification');
    await vscode().dismissNotifications();
    await vscode().waitForNotification(/does not cover two\.test/);
    assert.equal(await countMost(), 1);
  });
});
