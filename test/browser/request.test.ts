import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { Pebble } from '../real/fixtures/acme/pebble.ts';
import { Workbench } from './workbench.ts';

/** Whatever it is called, Pebble's DNS gives 127.0.0.1. */
const NAME = 'chroma.test';

describe('a user requests a certificate in VS Code', function () {
  let pebble: Pebble;
  let workbench: Workbench | undefined;
  const vscode = (): Workbench => {
    assert.ok(workbench, 'VS Code is open');
    return workbench;
  };
  const servedCertificate = async (): Promise<X509Certificate> =>
    new X509Certificate(await readFile(join(vscode().folder, 'certs', 'servercert.pem')));

  /** Answers what comes before the names: an authority whose root this machine does not know. */
  const chooseOwnAuthority = async (): Promise<void> => {
    await vscode().pick('Another ACME Directory');
    await vscode().answerStep(/URL of the ACME directory/, pebble.directory);
    await vscode().pick('Choose the Root Certificate');
    await vscode().chooseFile(pebble.rootsFile);
  };

  before(async function () {
    pebble = await Pebble.start(this, { nonceReject: 50 });
    workbench = await Workbench.open(this, {
      files: { '.env': `CHROMA_DOMAIN=${NAME}\n` },
      env: {
        CHROMA_TLS_DATA_DIR: await mkdtemp(join(tmpdir(), 'chroma-tls-data-')),
        CHROMA_TLS_DNS_SERVERS: pebble.dns.address,
      },
    });
    await vscode().openSideBar();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await vscode().screenshot('failed');
  });
  after(async () => {
    await workbench?.close();
  });

  it('from an authority of their own, by clicking and with a way back', async () => {
    await vscode().runCommand('Chroma: Request Certificate (ACME)');
    await vscode().waitForOption(/for trying/);
    await vscode().screenshot('request-authority');
    await vscode().pick('Another ACME Directory');
    await vscode().answerStep(/URL of the ACME directory/, 'http://127.0.0.1/directory');
    await vscode().waitForMessage(/has to begin with https/);
    await vscode().goBack();
    await chooseOwnAuthority();
    await vscode().answerStep(/names of the certificate/, `*.${NAME}`);
    // A wildcard leaves DNS only.
    await vscode().waitForOption(/dns-01, hook/);
    assert.equal(await vscode().countOptions(), 2);
    await vscode().goBack();
    await vscode().answerStep(/names of the certificate/, NAME);
    await vscode().waitForOption(/tls-alpn-01/);
    await vscode().screenshot('request-proof');
    await vscode().pick(/answered by Chroma TLS \(http-01\)/);
    await vscode().answerStep(/port to listen on/, String(pebble.httpPort));
    await vscode().pick('shortlived');
    await vscode().answerStep(/e-mail address/, '');
    assert.match(await vscode().dialogText(), /terms of service/);
    await vscode().screenshot('request-terms');
    await vscode().answerDialog('Agree');
    await vscode().waitForNotification(/^The certificate for chroma\.test is here/);
    await vscode().unfoldRow('Details');
    await vscode().waitForTreeRow('Signed by', /Pebble/);
    await vscode().screenshot('request-done');
    assert.equal((await servedCertificate()).subjectAltName, `DNS:${NAME}`);
  });

  it('and renews it from there by one more click', async () => {
    const before = await servedCertificate();
    await vscode().dismissNotifications();
    await vscode().clickRowAction('Renewal', 'Renew Certificate');
    assert.match(await vscode().dialogText(), /before its time/);
    await vscode().answerDialog('Renew Now');
    await vscode().waitForNotification(/^The certificate for chroma\.test is renewed/);
    await vscode().screenshot('request-renewed');
    const after = await servedCertificate();
    assert.notEqual(after.serialNumber, before.serialNumber);
    assert.equal(after.issuer, before.issuer);
  });

  it('by a DNS record that they are shown, and that is waited for', async () => {
    await vscode().dismissNotifications();
    await vscode().clickMenuOfRow('Certificate', 'Request Certificate (ACME)');
    await chooseOwnAuthority();
    await vscode().answerStep(/names of the certificate/, `${NAME}, *.${NAME}`);
    await vscode().pick(/records set by you/);
    await vscode().pick('default');
    await vscode().answerStep(/e-mail address/, '');
    const page = await vscode().editorText(/Chroma TLS looks for them/);
    await vscode().screenshot('request-records');
    const values = [...page.matchAll(/Value\s+([\w-]{43})/g)].map(([, value = '']) => value);
    assert.equal(values.length, 2, page);
    for (const value of values) await pebble.dns.setTxt(`_acme-challenge.${NAME}`, value);
    await vscode().waitForNotification(/^The certificate for .* is here/);
    assert.match((await servedCertificate()).subjectAltName ?? '', /DNS:\*\.chroma\.test/);
  });
});
