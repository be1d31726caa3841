import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { commands, ConfigurationTarget, workspace } from 'vscode';
import { deriveStatus } from '../../src/chroma/status/derive-status.ts';
import type { ExtensionApi } from '../../src/extension.ts';
import { freePort } from '../real/fixtures/cli.ts';
import { until } from '../harness/until.ts';
import { activateExtension, findLine, openFolder } from './extension.ts';

describe('the runtime external', () => {
  let api: ExtensionApi;
  const certs = (): string => join(openFolder(), 'certs');
  const state = (): string | undefined => {
    const snapshot = api.snapshot();
    return snapshot && deriveStatus(snapshot, Date.now()).state;
  };
  const set = async (name: string, value: unknown): Promise<void> =>
    workspace.getConfiguration('chromaTls').update(name, value, ConfigurationTarget.Workspace);

  before(async () => {
    api = await activateExtension();
    const port = await freePort();
    await set('port', port);
    await set('runtime', 'external');
  });

  after(async () => {
    await set('runtime', undefined);
    await set('port', undefined);
    for (const name of ['certs', '.env', '.vscode']) {
      await rm(join(openFolder(), name), { recursive: true, force: true });
    }
    await until('our own again', () => api.snapshot()?.observation.kind === 'none');
  });

  it('shows its welcome until the address is set', async () => {
    await until('not set up', () => state() === 'unconfigured');
    assert.deepEqual(api.tree(), []);
  });

  it('watches the address of the domain, and says that nothing answers there', async () => {
    await writeFile(join(openFolder(), '.env'), 'CHROMA_DOMAIN=localhost\n');
    await until('unreachable', () => state() === 'unreachable');
    assert.equal(findLine(api.tree(), 'server')?.contextValue, 'external.unreachable');
    assert.match(findLine(api.tree(), 'failure')?.tooltip ?? '', /Nothing listens on localhost/);
  });

  it('starts nothing and makes no certificate', async () => {
    for (const command of ['startServer', 'restartServer', 'stopServer']) {
      await commands.executeCommand(`chromaTls.${command}`);
    }
    assert.equal(state(), 'unreachable');
    assert.equal(existsSync(certs()), false);
  });
});
