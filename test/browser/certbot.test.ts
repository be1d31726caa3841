import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { until } from '../harness/until.ts';
import { requirePart } from '../parts.ts';
import { Workspace } from '../real/fixtures/cli.ts';
import { Pebble } from '../real/fixtures/acme/pebble.ts';
import { Workbench } from './workbench.ts';

const NAME = 'chroma.test';

describe('a user who has certbot, in VS Code', () => {
  let pebble: Pebble;
  let workbench: Workbench | undefined;
  let data = '';
  const vscode = (): Workbench => {
    assert.ok(workbench, 'VS Code is open');
    return workbench;
  };
  const fingerprintIn = async (folder: string, file: string): Promise<string> =>
    new X509Certificate(await readFile(join(folder, file))).fingerprint256;

  before(async function () {
    requirePart(this, 'certbot');
    // certbot asks again once only.
    pebble = await Pebble.start(this, { nonceReject: 0 });
    // Another folder of this user had certbot request it, without root.
    const other = await Workspace.create();
    data = other.env['CHROMA_TLS_DATA_DIR'] ?? '';
    const requested = await other.run([
      ...['certbot', '--directory', pebble.directory, '--directory-root', pebble.rootsFile],
      ...['--http-port', String(pebble.httpPort), '--config-dir', join(data, 'certbot')],
      ...['--domain', NAME, '--agree-tos', '--yes'],
    ]);
    assert.equal(requested.code, 0, requested.stderr);
    workbench = await Workbench.open(this, {
      files: { '.env': `CHROMA_DOMAIN=${NAME}\n` },
      env: { CHROMA_TLS_DATA_DIR: data, CHROMA_TLS_DNS_SERVERS: pebble.dns.address },
    });
    await vscode().openSideBar();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await vscode().screenshot('failed');
  });
  after(async () => {
    await workbench?.close();
    pebble.close();
  });

  it('takes what certbot keeps, whose root they have to name, and renews it', async () => {
    await vscode().runCommand('Chroma: Use certbot');
    await vscode().waitForOption(/Request a Certificate by certbot/);
    await vscode().screenshot('certbot-choice');
    await vscode().pick(/chroma\.test; Expires/);
    assert.match(
      await vscode().dialogText(),
      /The root of certbot’s certificate chroma\.test is not known here/,
    );
    await vscode().answerDialog('Choose the Root Certificate');
    await vscode().chooseFile(pebble.rootsFile);
    await vscode().waitForNotification(
      /^certbot’s certificate chroma\.test for chroma\.test is here/,
    );
    await vscode().unfoldRow('Details');
    await vscode().waitForTreeRow('Signed by', /Pebble/);
    await vscode().screenshot('certbot-adopted');
    const live = join(data, 'certbot', 'live', NAME);
    const adopted = await fingerprintIn(vscode().folder, 'certs/servercert.pem');
    assert.equal(adopted, await fingerprintIn(live, 'cert.pem'));

    await vscode().dismissNotifications();
    await vscode().runCommand('Chroma: Renew Certificate');
    await vscode().answerDialog('Renew Now');
    await until('certbot has renewed it, and it is in the folder', async () => {
      const present = await fingerprintIn(vscode().folder, 'certs/servercert.pem');
      return present !== adopted && present === (await fingerprintIn(live, 'cert.pem'));
    });
  });

  it('sees the whole command before certbot runs, and may leave it at that', async () => {
    await vscode().dismissNotifications();
    await vscode().runCommand('Chroma: Use certbot');
    await vscode().pick('Request a Certificate by certbot');
    await vscode().pick('Another ACME Directory');
    await vscode().answerStep(/URL of the ACME directory/, pebble.directory);
    await vscode().pick('Choose the Root Certificate');
    await vscode().chooseFile(pebble.rootsFile);
    await vscode().answerStep(/names of the certificate/, NAME);
    // What certbot cannot do is not offered.
    await vscode().waitForOption(/dns-01, hook/);
    assert.equal(await vscode().countOptions(), 3);
    await vscode().pick(/\(http-01\)/);
    await vscode().answerStep(/port to listen on/, String(pebble.httpPort));
    await vscode().pick(/authority’s own choice/);
    await vscode().answerStep(/e-mail address/, '');
    await vscode().answerDialog('Agree');
    const shown = await vscode().dialogText();
    assert.match(shown, /Run certbot \d+\.\d+/);
    assert.match(shown, /certonly --non-interactive --server https:/);
    assert.match(shown, /--standalone --http-01-port \d+/);
    await vscode().screenshot('certbot-command');
    await vscode().answerDialog('Cancel');
  });
});
