import assert from 'node:assert/strict';
import { access, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { until } from '../harness/until.ts';
import { requirePart } from '../parts.ts';
import { freePort, program, Workspace } from '../real/fixtures/cli.ts';
import { Workbench } from './workbench.ts';

/** What can break without the user, and what VS Code then shows. */
describe('a user whose server is tampered with', () => {
  let workspace: Workspace;
  let workbench: Workbench | undefined;
  const vscode = (): Workbench => {
    assert.ok(workbench, 'VS Code is open');
    return workbench;
  };

  before(async function () {
    requirePart(this, 'docker');
    requirePart(this, 'image chromadb/chroma:1.5.9');
    requirePart(this, 'image nginx:1.29-alpine');
    workspace = await Workspace.create();
    workbench = await Workbench.open(this, {
      folder: workspace.folder,
      settings: { 'chromaTls.port': workspace.port, 'chromaTls.heartbeat.interval': 1 },
      env: { CHROMA_TLS_DATA_DIR: workspace.env['CHROMA_TLS_DATA_DIR'] ?? '' },
    });
    await workbench.openSideBar();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await vscode().screenshot('failed-fault');
  });
  after(async () => {
    // Nothing was opened if a part is missing.
    if (!workbench) return;
    await workbench.close();
    await workspace.run(['stop']);
  });

  /** Each story begins with a healthy server, whatever ran before. */
  beforeEach(async () => {
    await until('it is known how the server is', () => vscode().statusText());
    if (!(await vscode().statusText()).includes('Healthy')) {
      await vscode().runCommand('Chroma: Start Server');
      await vscode().waitForStatus(/Healthy/);
    }
    await vscode().dismissNotifications();
  });

  async function containers(...more: readonly string[]): Promise<readonly string[]> {
    const label = `label=chroma-tls.folder=${workspace.folder}`;
    const listed = await program('docker', ['ps', '-q', '--filter', label, ...more]);
    return listed.stdout.split('\n').filter(Boolean);
  }

  it('is told who holds the port, and starts on the one that is offered', async () => {
    await vscode().runCommand('Chroma: Stop Server');
    await vscode().waitForStatus(/Stopped/);
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(workspace.port, '127.0.0.1', resolve));
    await vscode().runCommand('Chroma: Start Server');
    const told = await vscode().waitForStatus(/Failed.*is taken/);
    await vscode().screenshot('4-port-taken');
    const offered = Number(/Port (\d+) is free/.exec(told)?.[1]);
    await vscode().answerNotification(/is taken/, `Use Port ${offered}`);
    await vscode().waitForStatus(/Healthy/);
    holder.close();
    const { url } = await workspace.status();
    assert.equal(url, `https://localhost:${offered}`);
  });

  it('is told by Diagnose Connection who holds the port, and cures it from there', async () => {
    const { url } = await workspace.status();
    await vscode().runCommand('Chroma: Stop Server');
    await vscode().waitForStatus(/Stopped/);
    const holder = createServer();
    const port = Number(new URL(url ?? '').port);
    await new Promise<void>((resolve) => holder.listen(port, '127.0.0.1', resolve));
    await vscode().pickFromCommand('Chroma: Diagnose Connection', /is taken.*held by/);
    await vscode().waitForStatus(/Healthy/);
    holder.close();
    assert.notEqual((await workspace.status()).url, url);
  });

  it('sees the same server as the terminal', async () => {
    const report = await workspace.status();
    assert.equal(report.state, 'healthy');
    await vscode().waitForTreeRow('Address', new RegExp(`^${report.url ?? ''}`));
  });

  it('sees that .env names a domain which the certificate lacks, and that it was put back', async () => {
    const env = join(workspace.folder, '.env');
    await writeFile(env, 'CHROMA_DOMAIN=other.test\n');
    await vscode().waitForStatus(/Unreachable.*not good for other\.test/);
    await vscode().screenshot('5-name-mismatch');
    await rm(env);
    await vscode().waitForStatus(/Healthy/);
    await vscode().dismissNotifications();
  });

  it('changes the domain by input box, which refuses an invalid name, and regenerates', async () => {
    const env = join(workspace.folder, '.env');
    await writeFile(env, '# mine\nSECRET=1\n');
    await vscode().runCommand('Chroma: Set Domain (CHROMA_DOMAIN)');
    await vscode().page.locator('.quick-input-widget input').first().fill('a,IP:10.0.0.1');
    await vscode()
      .page.getByText(/One name only/)
      .first()
      .waitFor();
    await vscode().answerInput('db.test');
    await vscode().waitForStatus(/Unreachable.*not good for db\.test/);
    assert.equal(await readFile(env, 'utf8'), '# mine\nSECRET=1\nCHROMA_DOMAIN=db.test\n');
    const before = await containers();
    await vscode().answerNotification(/does not cover db\.test/, 'Regenerate');
    // The certificate covers it, but this machine cannot resolve the name.
    await vscode().waitForStatus(/Degraded.*hosts: 127\.0\.0\.1 db\.test/);
    assert.deepEqual(await containers(), before, 'nginx took it while it ran');
    const report = await workspace.status();
    assert.equal(report.certificate.names[0], 'db.test');
    assert.match(report.url ?? '', /^https:\/\/db\.test:/);
    await writeFile(env, 'CHROMA_DOMAIN=localhost\n');
    await vscode().waitForStatus(/Healthy/);
  });

  it('sees that the containers were killed, and starts them again', async () => {
    await program('docker', ['kill', ...(await containers())]);
    await vscode().waitForStatus(/Failed.*exited with code 137/);
    await vscode().screenshot('6-killed');
    await vscode().runCommand('Chroma: Start Server');
    await vscode().waitForStatus(/Healthy/);
  });

  it('sees that they were removed', async () => {
    await program('docker', ['rm', '-f', ...(await containers('-a'))]);
    await vscode().waitForStatus(/Stopped/);
  });
});

describe('a user who does not trust the folder', () => {
  it('has nothing run, whatever the folder says', async function () {
    const workspace = await Workspace.create();
    await mkdir(join(workspace.folder, '.vscode'));
    const trace = join(workspace.folder, 'ran');
    const trap = join(workspace.folder, 'docker');
    await writeFile(trap, `#!/bin/sh\ntouch '${trace.replaceAll("'", `'\\''`)}'\n`, {
      mode: 0o755,
    });
    await writeFile(
      join(workspace.folder, '.vscode', 'settings.json'),
      JSON.stringify({ 'chromaTls.containerCommand': trap, 'chromaTls.localCommand': trap }),
    );
    await workspace.run(['generate']);
    const workbench = await Workbench.open(this, {
      folder: workspace.folder,
      workspaceTrust: true,
      settings: {
        'security.workspace.trust.startupPrompt': 'never',
        'chromaTls.port': await freePort(),
      },
    });
    try {
      await workbench.openSideBar();
      await workbench.page.getByText(/not trusted this workspace/).waitFor();
      await workbench.screenshot('7-untrusted');
      const before = await readdir(workspace.folder);
      await workbench.runCommand('Chroma: Set Domain');
      await workbench.waitForNotification(/workspace you do not trust/);
      assert.deepEqual(await readdir(workspace.folder), before);
      await assert.rejects(access(trace), "the folder's own program was not run");
      const rows = await workbench.treeRows();
      assert.ok(!rows.some(({ description }) => description.includes('Healthy')));
    } finally {
      await workbench.close();
    }
  });
});
