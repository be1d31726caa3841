import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { noteRuntime } from '../../src/chroma/runtimes/runtime-choice.ts';
import { requirePart } from '../parts.ts';
import { ComposeWorkspace } from '../real/fixtures/compose-run.ts';
import { Workbench } from './workbench.ts';

describe('a user whose folder has got a Compose file since the last start', function () {
  let made: ComposeWorkspace | undefined;
  let workbench: Workbench | undefined;
  const vscode = (): Workbench => {
    assert.ok(workbench, 'VS Code is open');
    return workbench;
  };

  beforeEach(async function () {
    requirePart(this, 'docker');
    requirePart(this, 'compose v2');
    requirePart(this, 'image chromadb/chroma:1.5.9');
    requirePart(this, 'image nginx:1.29-alpine');
    made = await ComposeWorkspace.create();
    const { workspace } = made;
    const written = await made.write();
    assert.equal(written.code, 0, written.stderr);
    const data = workspace.env['CHROMA_TLS_DATA_DIR'] ?? '';
    // The note that a start with Docker leaves.
    process.env['CHROMA_TLS_DATA_DIR'] = data;
    await noteRuntime(workspace.folder, 'docker');
    workbench = await Workbench.open(this, {
      folder: workspace.folder,
      settings: { 'chromaTls.port': workspace.port },
      env: { CHROMA_TLS_DATA_DIR: data },
    });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench?.screenshot('failed-runtime-change');
    await workbench?.close();
    await made?.remove();
    workbench = undefined;
    made = undefined;
  });

  it('is asked before the data of that start is left behind, and starts with Compose', async () => {
    await vscode().openSideBar();
    await vscode().waitForTreeRow('Server', /Stopped/);
    await vscode().runCommand('Chroma: Start Server');
    const question = await vscode().dialogText();
    assert.match(question, /Start Chroma with compose, without your present data\?/);
    assert.match(
      question,
      /Its data stays in its volume, which compose does not use\. Nothing is deleted\./,
    );
    await vscode().screenshot('runtime-change');
    assert.equal(await made?.containerOf('chroma'), '', 'nothing is started before the answer');

    await vscode().answerDialog('Start with compose');
    await vscode().waitForStatus(/Healthy/);
    await vscode().waitForTreeRow('Server', /Healthy/);
    assert.equal((await made?.workspace.status())?.runtime, 'compose');
    await vscode().screenshot('runtime-changed');
  });
});
