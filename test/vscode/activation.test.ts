import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { extensions, version } from 'vscode';
import { requirePart } from '../parts.ts';

describe('in the extension host', () => {
  it('runs the VS Code that was installed for it', function () {
    assert.equal(version, requirePart(this, 'vscode-server').version);
  });

  it('activates', async () => {
    const extension = extensions.getExtension('chroma-tls.chroma-tls');
    assert.ok(extension, 'the extension is there');
    await extension.activate();
    assert.ok(extension.isActive);
  });
});
