import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { commands, extensions, version } from 'vscode';
import type { ExtensionApi } from '../../src/extension.ts';
import { EXTENSION_ID } from '../../src/vscode/model/command-ids.ts';
import { requirePart } from '../parts.ts';

describe('in the extension host', () => {
  it('runs the VS Code that was installed for it', function () {
    assert.equal(version, requirePart(this, 'vscode-server').version);
  });

  it('loads next to nothing in a folder where it was never used', async () => {
    const extension = extensions.getExtension<ExtensionApi>(EXTENSION_ID);
    assert.ok(extension, 'the extension is there');
    const api = await extension.activate();
    assert.equal(api.isAtWork(), false);
    await commands.executeCommand('chromaTls.showLogs');
    assert.equal(api.isAtWork(), true);
  });

  it('activates', async () => {
    const extension = extensions.getExtension('chroma-tls.chroma-tls');
    assert.ok(extension, 'the extension is there');
    await extension.activate();
    assert.ok(extension.isActive);
  });
});
