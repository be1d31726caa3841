import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { LABELS } from '../../../../src/chroma/runtimes/container-labels.ts';
import { workspaceId } from '../../../../src/project/data-folder.ts';
import { requirePart } from '../../../parts.ts';
import { program, Workspace } from '../../fixtures/cli.ts';
import { Registry } from '../../fixtures/registry.ts';

describe('An image that is not here yet', function () {
  // Pushing compresses the whole image.
  let registry: Registry | undefined;
  let workspace: Workspace | undefined;
  let image = '';

  before(async function () {
    const { command } = requirePart(this, 'registry');
    requirePart(this, 'image chromadb/chroma:1.5.9');
    requirePart(this, 'image nginx:1.29-alpine');
    registry = await Registry.start(command);
    image = await registry.push('chromadb/chroma:1.5.9', 20_000_000);
  });
  after(async () => {
    if (workspace) {
      await workspace.run(['stop']);
      const label = `label=${LABELS.workspace}=${workspaceId(workspace.folder)}`;
      const { stdout } = await program('docker', ['volume', 'ls', '-q', '--filter', label]);
      await program('docker', ['volume', 'rm', ...stdout.trim().split('\n')]);
    }
    await registry?.stop();
  });

  it('is pulled from its registry and served', async () => {
    workspace = await Workspace.create();
    const absent = await program('docker', ['image', 'inspect', image]);
    assert.notEqual(absent.code, 0);
    const started = await workspace.start('--runtime', 'docker', '--image', image);
    assert.equal(started.code, 0, started.stderr);
    assert.match(started.stderr, /^Pulling the image/m);
    const report = await workspace.status();
    assert.equal(report.state, 'healthy', JSON.stringify(report));
    assert.equal(report.image, image);
  });
});
