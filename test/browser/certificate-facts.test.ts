import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import type { FrameLocator } from 'playwright-core';
import { generateFiles } from '../../src/certificates/generate-files.ts';
import { certificateSettings, DEFAULT_SETTINGS } from '../../src/project/settings.ts';
import { requireProgram } from '../parts.ts';
import { issue } from '../unit/certificates/pki-fixture.ts';
import { Workbench } from './workbench.ts';

const DAY = 86_400_000;

describe('a user is told in VS Code', function () {
  let workbench: Workbench | undefined;
  let workspace = '';
  const vscode = (): Workbench => {
    assert.ok(workbench, 'VS Code is open');
    return workbench;
  };
  /** Makes a certificate for 90 days, and sets its dates so that this many days are left. */
  const generate = async (daysLeft: number): Promise<void> => {
    await generateFiles({
      workspace,
      folder: join(workspace, 'certs'),
      domain: 'localhost',
      ...certificateSettings(DEFAULT_SETTINGS),
      validityDays: 90,
      now: new Date(Date.now() - (90 - daysLeft) * DAY + 7_200_000),
    });
  };

  before(async function () {
    await requireProgram(this, 'git');
    workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-facts-'));
    const data = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    process.env['CHROMA_TLS_DATA_DIR'] = data;
    await generate(20);
    workbench = await Workbench.open(this, {
      folder: workspace,
      env: { CHROMA_TLS_DATA_DIR: data },
    });
    await vscode().openSideBar();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await vscode().screenshot('failed');
  });
  after(async () => {
    await workbench?.close();
  });

  it('once that the certificate is in its last month', async () => {
    await vscode().waitForNotification(/^The certificate for localhost expires in 20 days\.$/);
    await vscode().screenshot('expires-in-a-month');
    await vscode().reload();
    await vscode().openSideBar();
    await vscode().waitForTreeRow('Certificate', /^Expires in 20 days$/);
    assert.deepEqual(await vscode().notifications(), []);
  });

  it('that another one is in its last week, with the button that renews it', async () => {
    await generate(5);
    await vscode().waitForNotification(/expires in 5 days/);
    await vscode().screenshot('expires-in-a-week');
    await vscode().answerNotification(/expires in 5 days/, 'Renew');
    await vscode().waitForNotification(
      /certificate for localhost.* is ready.*authority is the same/,
    );
    await vscode().waitForTreeRow('Certificate', /^Expires in 365 days$/);
  });

  it('that git tracks the key, with the button that cures it', async () => {
    const git = (...args: readonly string[]): string =>
      execFileSync('git', args, { cwd: workspace, encoding: 'utf8' });
    git('init', '--quiet');
    git('add', '--force', 'certs/serverkey.pem');
    const problem = vscode().page.locator('.part.sidebar').getByText('Key is in git');
    await problem.waitFor();
    await vscode().screenshot('tracked-key');
    await vscode().clickRow('Key is in git');
    assert.match(await vscode().dialogText(), /git rm --cached -- certs\/serverkey\.pem/);
    await vscode().screenshot('untrack-key');
    await vscode().answerDialog('Untrack');
    await vscode().waitForNotification(/does not track the private key any more/);
    await problem.waitFor({ state: 'detached' });
    assert.equal(git('ls-files'), '');
  });
});

describe('a certificate as a user sees it in VS Code', function () {
  let workbench: Workbench | undefined;
  let file = '';
  let original = '';
  const vscode = (): Workbench => {
    assert.ok(workbench, 'VS Code is open');
    return workbench;
  };
  const facts = (): FrameLocator =>
    vscode().page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');

  before(async function () {
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    const workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-page-'));
    file = join(workspace, 'chain.pem');
    const { files } = await generateFiles({
      workspace,
      folder: join(workspace, 'certs'),
      domain: 'chroma.test',
      ...certificateSettings(DEFAULT_SETTINGS),
    });
    original = (await readFile(files.certificate, 'utf8')) + (await readFile(files.key, 'utf8'));
    await writeFile(file, original);
    // The workspace is not trusted, so nothing in it is run.
    workbench = await Workbench.open(this, {
      folder: workspace,
      workspaceTrust: true,
      settings: { 'security.workspace.trust.startupPrompt': 'never' },
    });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await vscode().screenshot('failed');
  });
  after(async () => {
    await workbench?.close();
  });

  /** The file as it was, open as text. */
  beforeEach(async () => {
    await writeFile(file, original);
    await vscode().runCommand('View: Close All Editors');
    const { page } = vscode();
    await page.locator('.part.sidebar').getByText('chain.pem').dblclick();
    await page
      .locator('.view-lines')
      .getByText(/BEGIN.CERTIFICATE/)
      .first()
      .waitFor();
    // An editor that takes the focus later would close the list of a command.
    await page.locator('.monaco-editor.focused').waitFor();
  });

  async function askForFacts(): Promise<void> {
    await vscode().pickFromCommand('View: Reopen Editor With...', /Certificate Facts/);
    await facts().getByRole('heading', { name: 'Certificate (1 of 2)' }).waitFor();
  }

  it('opens as text, shows facts on request, and of a key only that it is one', async () => {
    await askForFacts();
    const text = await facts().locator('body').innerText();
    assert.match(text, /Names\s+chroma\.test, localhost, 127\.0\.0\.1, ::1/);
    assert.match(text, /Authority \(CA\), for these names only: chroma\.test/);
    assert.match(text, /Private Key\s+Kind\s+ECDSA P-256\s+Protection\s+Not encrypted/);
    assert.doesNotMatch(text, /BEGIN|MIG/);
    await vscode().screenshot('certificate-facts');
  });

  it('is shown again when its file changes', async () => {
    await askForFacts();
    const { pem } = await issue({ name: '<b>Somebody</b>', from: -30, until: 3 });
    await writeFile(file, pem);
    await facts()
      .getByText(/^CN=.*<b.*>Somebody/)
      .waitFor();
    await facts().getByText('It expires in 3 days.').waitFor();
  });
});
