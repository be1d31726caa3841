import assert from 'node:assert/strict';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, it } from 'mocha';
import { ANCHOR_SYSTEMS } from '../../src/certificates/trust/stores/linux-system.ts';
import { issue } from '../unit/certificates/pki-fixture.ts';
import { describeOnOwnMachine } from '../own-machine.ts';
import { requirePart } from '../parts.ts';
import { Workbench } from './workbench.ts';

describeOnOwnMachine('a user who gives trust in VS Code', () => {
  let workbench: Workbench | undefined;
  const vscode = (): Workbench => {
    assert.ok(workbench, 'VS Code is open');
    return workbench;
  };
  const anchors = async (): Promise<readonly string[]> => {
    const [debian] = ANCHOR_SYSTEMS;
    assert.ok(debian);
    const found = await readdir(debian.anchors);
    return found.filter((name) => name.startsWith('chroma-tls-'));
  };

  before(async function () {
    requirePart(this, 'nss tools');
    const home = await mkdtemp(join(tmpdir(), 'chroma-tls-home-'));
    workbench = await Workbench.open(this, { env: { HOME: home } });
    await vscode().openSideBar();
    await vscode().clickWelcome('Generate Certificate');
    await vscode().dismissNotifications();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await vscode().screenshot('failed');
  });
  after(async () => {
    if ((await anchors()).length > 0) await takeBack();
    await workbench?.close();
  });

  async function give(): Promise<void> {
    await vscode().clickRowAction('Trust', 'Trust Certificate');
    await vscode().answerDialog('Trust');
    await vscode().waitForNotification(/Trusted by system, Chromium.*Restart browsers/);
    await vscode().dismissNotifications();
  }

  async function takeBack(): Promise<void> {
    await vscode().clickRowAction('Trust', 'Untrust Certificate');
    await vscode().waitForNotification(/Not trusted any more by system, Chromium/);
  }

  /** Makes sure that the certificate is trusted, whatever ran before. */
  async function ensureGiven(): Promise<void> {
    await vscode().waitForTreeRow('Trust', /trusted by/i);
    if ((await anchors()).length === 0) await give();
  }

  it('sees who trusts the certificate, and reads what trusting it means', async () => {
    await vscode().waitForTreeRow('Trust', /^Not trusted by system, Chromium/);
    await vscode().clickRowAction('Trust', 'Trust Certificate');
    const question = await vscode().dialogText();
    assert.match(question, /Trust “Chroma TLS CA for workspace”\?/);
    assert.match(question, /can only sign for localhost \(and names under it\), 127\.0\.0\.1/);
    assert.match(question, /• system \(.+\), for all users of this machine: will be added/);
    await vscode().screenshot('trust-consent');
    await vscode().answerDialog('Cancel');
    assert.deepEqual(await anchors(), []);
    await vscode().waitForTreeRow('Trust', /^Not trusted by system/);
  });

  it('trusts it, and the view says so', async () => {
    await vscode().waitForTreeRow('Trust', /^Not trusted by system, Chromium/);
    await give();
    await vscode().waitForTreeRow('Trust', /^Trusted by system, Chromium/);
    assert.equal((await anchors()).length, 1);
  });

  it('is told when a new certificate needs trust again', async () => {
    await ensureGiven();
    await writeFile(join(vscode().folder, '.env'), 'CHROMA_DOMAIN=chroma.test\n');
    await vscode().waitForTreeRow('Domain', /^chroma\.test$/);
    await vscode().runCommand('Chroma: Generate Certificate');
    await vscode().waitForNotification(
      /Trust the new authority too: only the old one is trusted \(system, Chromium/,
    );
    await vscode().waitForTreeRow('Trust', /former authority is still trusted by system/);
    await vscode().screenshot('trust-former');
  });

  it('is told the same of an imported certificate with a root of its own', async () => {
    await ensureGiven();
    const root = await issue({ name: 'Their Root', ca: true });
    // Whichever of the two the domain is by now.
    const names = ['localhost', 'chroma.test'];
    const leaf = await issue({ by: root, names, usages: ['1.3.6.1.5.5.7.3.1'] });
    const file = join(await mkdtemp(join(tmpdir(), 'chroma-tls-import-')), 'theirs.pem');
    await writeFile(file, leaf.pem + leaf.keyPem + root.pem);
    await vscode().dismissNotifications();
    await vscode().runCommand('Chroma: Import Certificate');
    await vscode().chooseFile(file);
    await vscode().waitForNotification(/is imported.*Trust the new authority too.*\(system/);
    await vscode().screenshot('trust-imported');
    await vscode().answerNotification(/is imported/, 'Trust Again');
    assert.match(await vscode().dialogText(), /Trust “Their Root” for every site there is\?/);
    await vscode().answerDialog('Cancel');
  });

  it('removes it, and the former one too', async () => {
    await ensureGiven();
    await takeBack();
    await vscode().waitForTreeRow('Trust', /^Not trusted by system, Chromium[^.]*$/);
    assert.deepEqual(await anchors(), []);
  });
});
