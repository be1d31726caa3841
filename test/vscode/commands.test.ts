import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, before, beforeEach, describe, it } from 'mocha';
import {
  commands,
  ConfigurationTarget,
  TabInputCustom,
  TabInputText,
  Uri,
  window,
  workspace,
} from 'vscode';
import type { ExtensionApi } from '../../src/extension.ts';
import { COMMANDS, TERMINAL_COMMAND } from '../../src/vscode/model/command-ids.ts';
import { until } from '../harness/until.ts';
import { issue } from '../unit/certificates/pki-fixture.ts';
import { activateExtension, findLine, openFolder } from './extension.ts';

describe('the commands', () => {
  let api: ExtensionApi;
  let certs: string;
  let envFile: string;

  before(async () => {
    api = await activateExtension();
    certs = join(openFolder(), 'certs');
    envFile = join(openFolder(), '.env');
  });

  const clear = async (): Promise<void> => {
    await rm(certs, { recursive: true, force: true });
    await rm(envFile, { force: true });
    await until('an empty workspace', () => {
      const { certificate, awaited = [] } = api.snapshot() ?? {};
      // Before the first reading there seems to be none, too.
      return certificate?.kind === 'none' && awaited.length === 0;
    });
  };
  beforeEach(clear);
  afterEach(clear);

  it('are all registered', async () => {
    const registered = new Set(await commands.getCommands(true));
    assert.deepEqual(
      Object.keys(COMMANDS).filter((id) => !registered.has(id)),
      [],
    );
  });

  it('type a line into a terminal, but not one with control characters', async () => {
    const { terminals } = window;
    await commands.executeCommand(TERMINAL_COMMAND, "cat 'certs\rtouch made/ca.pem'");
    assert.equal(window.terminals.length, terminals.length);
    await commands.executeCommand(TERMINAL_COMMAND, "cat 'certs/ca.pem'");
    assert.equal(window.terminals.length, terminals.length + 1);
    window.terminals.at(-1)?.dispose();
  });

  it('generate a certificate for CHROMA_DOMAIN, and keep the one that was there', async () => {
    await writeFile(envFile, 'CHROMA_DOMAIN=chroma.test\n');
    assert.deepEqual(api.tree(), []);
    await commands.executeCommand('chromaTls.generateCertificate');
    const names = findLine(api.tree(), 'names')?.description;
    assert.match(names ?? '', /chroma\.test, localhost, 127\.0\.0\.1, ::1/);
    if (process.platform !== 'win32') {
      assert.equal((await stat(join(certs, 'serverkey.pem'))).mode & 0o777, 0o600);
    }

    const first = await readFile(join(certs, 'servercert.pem'), 'utf8');
    await commands.executeCommand('chromaTls.generateCertificate');
    const backup = (await readdir(certs)).find((name) => name.startsWith('backup-'));
    assert.ok(backup, 'there is a backup');
    assert.equal(await readFile(join(certs, backup, 'servercert.pem'), 'utf8'), first);
  });

  it('restore a backup, and back up the present files', async () => {
    await commands.executeCommand('chromaTls.generateCertificate');
    const first = await readFile(join(certs, 'servercert.pem'), 'utf8');
    await commands.executeCommand('chromaTls.generateCertificate');
    const second = await readFile(join(certs, 'servercert.pem'), 'utf8');
    let ended = false;
    const restoring = Promise.resolve(
      commands.executeCommand('chromaTls.restoreCertificate'),
    ).finally(() => {
      ended = true;
    });
    await until('a backup that is picked', () => {
      void commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return ended;
    });
    await restoring;
    assert.equal(await readFile(join(certs, 'servercert.pem'), 'utf8'), first);
    const backups = (await readdir(certs)).filter((name) => name.startsWith('backup-'));
    assert.equal(backups.length, 1);
    assert.equal(await readFile(join(certs, backups[0] ?? '', 'servercert.pem'), 'utf8'), second);
  });

  it('replace incomplete certificate files only when told to', async () => {
    await commands.executeCommand('chromaTls.generateCertificate');
    await rm(join(certs, 'serverkey.pem'));
    await until('half a pair', () => api.snapshot()?.certificate.kind === 'broken');
    const orphan = await readFile(join(certs, 'servercert.pem'), 'utf8');

    await commands.executeCommand('chromaTls.generateCertificate');
    assert.equal(await readFile(join(certs, 'servercert.pem'), 'utf8'), orphan);

    await commands.executeCommand('chromaTls.generateCertificate', { replaceBroken: true });
    assert.equal(api.snapshot()?.certificate.kind, 'present');
  });

  it('open the certificate as facts, and only then', async () => {
    await commands.executeCommand('chromaTls.openCertificate');
    assert.equal(shownInput(), undefined, 'there is none yet');
    await commands.executeCommand('chromaTls.generateCertificate');
    const file = Uri.file(join(certs, 'servercert.pem'));
    await commands.executeCommand('vscode.open', file);
    assert.ok(shownInput() instanceof TabInputText);
    await commands.executeCommand('chromaTls.openCertificate');
    const shown = shownInput();
    assert.ok(shown instanceof TabInputCustom);
    assert.equal(shown.viewType, 'chromaTls.certificateFacts');
    assert.equal(shown.uri.fsPath, file.fsPath);
    await commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('change no setting where one from elsewhere may not be replaced', async () => {
    const root = await issue({ name: 'Their Root', ca: true });
    const leaf = await issue({ by: root, names: ['localhost'], usages: ['1.3.6.1.5.5.7.3.1'] });
    await mkdir(certs);
    await writeFile(join(certs, 'ca.pem'), root.pem);
    await writeFile(join(certs, 'servercert.pem'), leaf.pem);
    await writeFile(join(certs, 'serverkey.pem'), leaf.keyPem, { mode: 0o600 });
    await until('their certificate', () => api.snapshot()?.certificate.kind === 'present');
    const chosen = { engine: 'builtin', addName: 'chroma.test' };
    // VS Code shows no dialog to a test: as if nobody had answered.
    await Promise.resolve(commands.executeCommand('chromaTls.generateCertificate', chosen)).catch(
      () => undefined,
    );
    assert.equal(await readFile(join(certs, 'servercert.pem'), 'utf8'), leaf.pem);
    const settings = workspace.getConfiguration('chromaTls.certificate');
    for (const name of ['engine', 'additionalNames'])
      assert.equal(settings.inspect(name)?.workspaceValue, undefined, name);
  });

  it('make it with the engine of the settings, or the built-in one at the press of a button', async () => {
    const config = join(openFolder(), 'openssl.cnf');
    const settings = workspace.getConfiguration('chromaTls.certificate');
    await settings.update('engine', 'openssl', ConfigurationTarget.Workspace);
    try {
      await commands.executeCommand('chromaTls.generateCertificate');
      assert.match(await readFile(config, 'utf8'), /^DNS\.1 = localhost$/m);
      await rm(config);
      await commands.executeCommand('chromaTls.generateCertificate', { engine: 'builtin' });
      const now = workspace.getConfiguration('chromaTls.certificate').get('engine');
      assert.equal(now, 'builtin');
      assert.equal(api.snapshot()?.certificate.kind, 'present');
      await assert.rejects(stat(config));
    } finally {
      await settings.update('engine', undefined, ConfigurationTarget.Workspace);
      await rm(config, { force: true });
    }
  });
});

/** What the active editor shows. */
function shownInput(): unknown {
  return window.tabGroups.activeTabGroup.activeTab?.input;
}
