import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, before, beforeEach, describe, it } from 'mocha';
import {
  commands,
  ConfigurationTarget,
  TabInputTextDiff,
  window,
  workspace,
  type Uri,
} from 'vscode';
import { until } from '../harness/until.ts';
import { activateExtension, openFolder } from './extension.ts';

const MINE = 'services:\n  web:\n    image: nginx # the shop\n';

describe('Create Docker Compose File', () => {
  let root: string;
  const file = (name: string): string => join(root, name);

  before(async () => {
    await activateExtension();
    root = openFolder();
  });

  const clear = async (): Promise<void> => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    await commands.executeCommand('notifications.clearAll');
    for (const name of ['compose.yaml', 'docker-compose.yml', 'certs', '.env']) {
      await rm(file(name), { recursive: true, force: true });
    }
  };
  beforeEach(clear);
  afterEach(clear);

  /** Accepts the first entry of the quick pick repeatedly until `done`. */
  async function pickFirst(done: () => Promise<boolean>): Promise<void> {
    await until('something comes of the choice', async () => {
      await commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return done();
    });
  }

  function proposedDiff(): TabInputTextDiff | undefined {
    return window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .map(({ input }) => input)
      .filter((input) => input instanceof TabInputTextDiff)
      .find(({ modified }) => modified.scheme === 'chroma-tls-proposal');
  }

  it('writes the file, makes the certificate it needs, and opens it', async () => {
    const written = commands.executeCommand('chromaTls.createComposeFile');
    const name = file('docker-compose.yml');
    await pickFirst(() => isThere(name));
    await written;
    assert.match(await readFile(name, 'utf8'), /^ {2}chroma-tls:$/m);
    assert.ok(await isThere(file('certs/serverkey.pem')));
    assert.equal(window.activeTextEditor?.document.uri.fsPath, name);
  });

  it('moves a file to the version that is the default only where that is set', async () => {
    const image = 'chromadb/chroma:1.5.9';
    const settings = workspace.getConfiguration('chromaTls');
    try {
      for (const [set, expected] of [
        [undefined, 'chromadb/chroma:0.6.3'],
        [image, image],
      ] as const) {
        await clear();
        await settings.update('image', set, ConfigurationTarget.Workspace);
        await writeFile(
          file('compose.yaml'),
          'services:\n  chroma:\n    image: chromadb/chroma:0.6.3\n',
        );
        const asked = commands.executeCommand('chromaTls.createComposeFile');
        await pickFirst(() => Promise.resolve(proposedDiff() !== undefined));
        const { modified } = proposedDiff() ?? assert.fail();
        assert.match(await textOf(modified), new RegExp(`image: ${expected}`));
        await commands.executeCommand('chromaTls.discardComposeFile');
        await asked;
      }
    } finally {
      await settings.update('image', undefined, ConfigurationTarget.Workspace);
    }
  });

  it('shows what would change in a present file, and changes exactly that', async () => {
    await writeFile(file('compose.yaml'), MINE);
    const asked = commands.executeCommand('chromaTls.createComposeFile');
    await pickFirst(() => Promise.resolve(proposedDiff() !== undefined));
    const { original, modified } = proposedDiff() ?? assert.fail();
    assert.equal(original.fsPath, file('compose.yaml'));
    const proposed = await textOf(modified);
    assert.ok(proposed.startsWith(MINE), 'what was there comes first');
    assert.equal(await readFile(file('compose.yaml'), 'utf8'), MINE);

    await commands.executeCommand('chromaTls.applyComposeFile');
    await asked;
    assert.equal(await readFile(file('compose.yaml'), 'utf8'), proposed);
    assert.equal(proposedDiff(), undefined, 'the diff is closed again');
  });

  it('proposes again what does not fit the file any more, and writes nothing where the diff is closed', async () => {
    await writeFile(file('compose.yaml'), MINE);
    const asked = commands.executeCommand('chromaTls.createComposeFile');
    await pickFirst(() => Promise.resolve(proposedDiff() !== undefined));
    const first = proposedDiff()?.modified.toString();
    const changed = `${MINE}    restart: always\n`;
    await writeFile(file('compose.yaml'), changed);
    await commands.executeCommand('chromaTls.applyComposeFile');
    const second = await until('another proposal', proposedDiff, (diff) => {
      const shown = diff?.modified.toString();
      return shown !== undefined && shown !== first;
    });
    assert.ok(second);
    assert.ok((await textOf(second.modified)).startsWith(changed));
    await commands.executeCommand('workbench.action.closeActiveEditor');
    await asked;
    assert.equal(await readFile(file('compose.yaml'), 'utf8'), changed);
  });
});

async function textOf(uri: Uri): Promise<string> {
  return (await workspace.openTextDocument(uri)).getText();
}

async function isThere(name: string): Promise<boolean> {
  return readFile(name).then(
    () => true,
    () => false,
  );
}
