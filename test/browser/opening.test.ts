import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { freePort, Workspace } from '../real/fixtures/cli.ts';
import { Workbench } from './workbench.ts';

describe('a folder that is opened in VS Code', () => {
  let workbench: Workbench | undefined;
  afterEach(async () => {
    await workbench?.close();
    workbench = undefined;
  });

  it('shows its own state, and no other before', async function () {
    const workspace = await Workspace.create();
    await workspace.run(['generate', '--folder', 'tls']);
    workbench = await Workbench.open(this, {
      folder: workspace.folder,
      settings: {
        'chromaTls.port': workspace.port,
        'chromaTls.runtime': 'local',
        'chromaTls.certificatesFolder': 'tls',
      },
      env: { CHROMA_TLS_DATA_DIR: workspace.env['CHROMA_TLS_DATA_DIR'] ?? '' },
    });
    // Without opening the view: the folder was used from a terminal before.
    await workbench.waitForStatus(/Stopped/);
    await workbench.openSideBar();
    await workbench.waitForTreeRow('Server', /Stopped/);
    const shown = await workbench.recordSideBar();
    await workbench.reload();
    await workbench.waitForTreeRow('Server', /Stopped/);
    const untrue = /trusted this workspace|Open a folder|no certificate yet|Not set up|None yet/;
    assert.deepEqual(
      shown().filter((text) => untrue.test(text)),
      [],
    );
    assert.ok(shown().some((text) => text.includes('Stopped')));
  });

  it('is watched again after a reload where someone else runs its server', async function () {
    workbench = await Workbench.open(this, {
      files: { '.env': 'CHROMA_DOMAIN=localhost\n' },
      settings: { 'chromaTls.port': await freePort(), 'chromaTls.runtime': 'external' },
    });
    await workbench.untilInstalled();
    await workbench.runCommand('Chroma: Show Status');
    await workbench.waitForStatus(/Unreachable/);
    await workbench.page.keyboard.press('Escape');
    await workbench.reload();
    await workbench.waitForStatus(/Unreachable/);
  });
});
