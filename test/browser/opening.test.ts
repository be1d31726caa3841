import assert from 'node:assert/strict';
import { after, describe, it } from 'mocha';
import { Workspace } from '../real/cli.ts';
import { Workbench } from './workbench.ts';

describe('a folder that is opened in VS Code', () => {
  let workbench: Workbench | undefined;
  after(async () => {
    await workbench?.close();
  });

  it('is shown as what it is, and before that as nothing else', async function () {
    const workspace = await Workspace.create();
    await workspace.run(['generate']);
    workbench = await Workbench.open(this, {
      folder: workspace.folder,
      settings: { 'chromaTls.port': workspace.port, 'chromaTls.runtime': 'local' },
      env: { CHROMA_TLS_DATA_DIR: workspace.env['CHROMA_TLS_DATA_DIR'] ?? '' },
    });
    await workbench.openSideBar();
    await workbench.waitForTreeRow('Server', /Stopped/);
    const shown = await workbench.recordSideBar();
    await workbench.reload();
    await workbench.waitForTreeRow('Server', /Stopped/);
    const untrue = /trust this workspace|Open one to begin/;
    assert.deepEqual(
      shown().filter((text) => untrue.test(text)),
      [],
    );
    assert.ok(shown().some((text) => text.includes('Stopped')));
  });
});
