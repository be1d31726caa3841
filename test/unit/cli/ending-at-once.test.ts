import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { describe, it } from 'mocha';

describe('the CLI', () => {
  it('ends when all is said, whatever the system still works on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-ending-'));
    const held = join(folder, 'held.cjs');
    // As a look-up of a name does that takes its time, which nothing can end.
    await writeFile(held, 'setInterval(() => undefined, 1_000_000);\n');
    const args = ['--require', held, resolve('dist/cli.js')];
    const help = await execa(process.execPath, [...args, '--help'], { timeout: 8000 });
    assert.match(help.stdout, /^chroma-tls: [^]+ the passphrase to set$/);
    const wrong = await execa(process.execPath, [...args, 'no-verb'], {
      timeout: 8000,
      reject: false,
    });
    assert.equal(wrong.exitCode, 2);
  });
});
