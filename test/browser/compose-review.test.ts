import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { until } from '../harness/until.ts';
import { Workbench } from './workbench.ts';

const BEFORE = `services:
  chroma:
    image: chromadb/chroma:0.6.3
    ports: ["8000:8000"]
    volumes: [chroma:/chroma/chroma]
volumes:
  chroma:
`;

describe('a user with a Compose file of their own', function () {
  let workbench: Workbench;

  beforeEach(async function () {
    workbench = await Workbench.open(this, {
      files: { 'compose.yaml': BEFORE },
      settings: { 'chromaTls.image': 'chromadb/chroma:1.5.9' },
    });
    await workbench.untilInstalled();
  });
  afterEach(() => workbench.close());

  it('sees what would change and what it means, and decides in the title bar of the diff', async () => {
    const { page, folder } = workbench;
    const read = (): Promise<string> => readFile(join(folder, 'compose.yaml'), 'utf8');
    const button = (name: string) => page.locator('.editor-actions').getByRole('button', { name });
    const propose = async (): Promise<void> => {
      await workbench.runCommand('Chroma: Create Docker Compose File');
      await workbench.pick(/^nginx/);
      await button('Apply').waitFor();
    };

    await propose();
    const note = page.locator('.review-widget', { hasText: 'open to the network' });
    await note.waitFor();
    assert.match(await note.innerText(), /cannot read the data of 0\.x/);
    assert.deepEqual(await workbench.notifications(), []);
    await workbench.screenshot('compose-review');
    await button('Discard').click();
    await button('Apply').waitFor({ state: 'hidden' });
    assert.equal(await read(), BEFORE);

    await propose();
    // By the keyboard alone.
    await workbench.runCommand('Chroma: Apply');
    await until('the file is written', read, (text) => text !== BEFORE);
    await workbench.waitForNotification(/^Wrote compose\.yaml\./);
  });
});
