import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { Moto } from '../real/fixtures/moto.ts';
import { Workbench } from './workbench.ts';

const IMPORT = 'Chroma: Import into AWS Certificate Manager';

describe('a user who has AWS serve the certificate', () => {
  let moto: Moto;
  let workbench: Workbench | undefined;
  const vscode = (): Workbench => {
    assert.ok(workbench, 'VS Code is open');
    return workbench;
  };

  before(async function () {
    moto = await Moto.start(this);
    await writeFile(
      moto.env['AWS_CONFIG_FILE'] ?? '',
      '[profile northwind]\nregion = eu-north-1\n',
    );
    await writeFile(
      moto.env['AWS_SHARED_CREDENTIALS_FILE'] ?? '',
      '[northwind]\naws_access_key_id = theirs\naws_secret_access_key = theirs\n',
    );
    const env = { ...moto.env, AWS_REGION: '', AWS_ENDPOINT_URL: moto.endpoint };
    workbench = await Workbench.open(this, { env });
    await vscode().openSideBar();
    await vscode().clickWelcome('Generate Certificate');
    await vscode().waitForNotification(/is ready/);
    await vscode().dismissNotifications();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await vscode().screenshot('failed-aws');
  });
  after(async () => {
    await workbench?.close();
    moto.close();
  });

  async function sameAsInFolder(arn: string): Promise<void> {
    const there = new X509Certificate(await moto.readCertificate(arn));
    const here = await readFile(join(vscode().folder, 'certs', 'servercert.pem'));
    assert.equal(there.fingerprint256, new X509Certificate(here).fingerprint256);
  }

  it('imports it with a profile, and its successor under the same ARN', async () => {
    await vscode().runCommand(IMPORT);
    await vscode().pick('northwind');
    await vscode().pick(/eu-north-1/);
    await vscode().pick('A New Certificate');
    const question = await vscode().dialogText();
    assert.match(question, /Send the certificate and its key to AWS in eu-north-1\?/);
    assert.match(question, /AWS does not renew an imported certificate/);
    await vscode().screenshot('aws-consent');
    await vscode().answerDialog('Import');
    await vscode().waitForNotification(/has the certificate in eu-north-1/);
    const [arn] =
      /arn:aws:acm:eu-north-1:[^\s.]+/.exec((await vscode().notifications()).join()) ?? [];
    assert.ok(arn);
    await sameAsInFolder(arn);

    await vscode().dismissNotifications();
    await vscode().runCommand('Chroma: Generate Certificate');
    await vscode().waitForNotification(/is ready/);
    await vscode().dismissNotifications();
    await vscode().runCommand(IMPORT);
    await vscode().pick(/Again into eu-north-1/);
    await vscode().waitForNotification(/has the new certificate in eu-north-1/);
    await sameAsInFolder(arn);
  });
});
