import assert from 'node:assert/strict';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { issue } from '../unit/certificates/pki-fixture.ts';
import { Workbench } from './workbench.ts';

describe('a user who generates over a certificate from elsewhere', function () {
  let workbench: Workbench | undefined;
  let imported = '';
  const vscode = (): Workbench => {
    assert.ok(workbench, 'VS Code is open');
    return workbench;
  };
  const served = (): Promise<string> =>
    readFile(join(vscode().folder, 'certs/servercert.pem'), 'utf8');

  beforeEach(async function () {
    const root = await issue({ name: 'Their Root', ca: true });
    const leaf = await issue({ by: root, names: ['localhost'], usages: ['1.3.6.1.5.5.7.3.1'] });
    const file = join(await mkdtemp(join(tmpdir(), 'chroma-tls-import-')), 'theirs.pem');
    await writeFile(file, leaf.pem + leaf.keyPem + root.pem);
    workbench = await Workbench.open(this, { settings: { 'chromaTls.runtime': 'local' } });
    await workbench.openSideBar();
    await workbench.runCommand('Chroma: Import Certificate');
    await workbench.chooseFile(file);
    await workbench.waitForNotification(/certificate for localhost is imported/);
    await workbench.waitForTreeRow('Certificate', /Expires in \d+ days/);
    await workbench.dismissNotifications();
    imported = await served();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench?.screenshot('failed-replaced');
    await workbench?.close();
    workbench = undefined;
  });

  it('is asked first, replaces it, and restores it', async () => {
    await vscode().runCommand('Chroma: Generate Certificate');
    const question = await vscode().dialogText();
    assert.match(question, /Replace a certificate that was not made here\?/);
    assert.match(question, /Restore Previous brings it back\./);
    await vscode().screenshot('replace-imported');
    await vscode().answerDialog('Cancel');
    assert.equal(await served(), imported);

    await vscode().runCommand('Chroma: Generate Certificate');
    await vscode().answerDialog('Replace It');
    await vscode().waitForNotification(/is ready/);
    assert.notEqual(await served(), imported);
    await vscode().screenshot('replaced');

    await vscode().answerNotification(/is ready/, 'Restore Previous');
    await vscode().pick(/Signed by Their Root/);
    await vscode().waitForNotification(/certificate for localhost is restored/);
    assert.equal(await served(), imported);
    await vscode().screenshot('restored');
  });
});
