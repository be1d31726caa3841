import assert from 'node:assert/strict';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { follow, run } from '../../../../src/system/processes/program.ts';
import { withFolder } from '../../../../src/system/processes/program-path.ts';

describe('a program that lies outside PATH', () => {
  it('finds the programs beside it, after those on PATH', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-beside-'));
    const location = async (name: string, text: string): Promise<string> => {
      const file = join(folder, name);
      await writeFile(file, `#!/bin/sh\n${text}\n`);
      await chmod(file, 0o755);
      return file;
    };
    await location('chroma-tls-test-helper', 'echo from beside it');
    await location('env', 'echo another env');
    const program = await location('client', 'chroma-tls-test-helper; env');
    const { stdout, stderr } = await run({ program, args: [], env: { GREETING: 'hello' } });
    assert.match(stdout, /^from beside it$/m, stderr);
    assert.match(stdout, /^GREETING=hello$/m);
    assert.doesNotMatch(stdout, /another env/);
  });

  it('gets one PATH, whatever letters the system writes it in', () => {
    assert.deepEqual(withFolder('/opt/d', { Path: '/usr/bin' }), { Path: '/usr/bin:/opt/d' });
    assert.deepEqual(withFolder('/usr/bin', { PATH: '/usr/bin' }), { PATH: '/usr/bin' });
    assert.deepEqual(withFolder('/opt/d', {}), { PATH: '/opt/d' });
  });
});

describe('a program that is followed', () => {
  it('goes on past what execa would keep of its output, a very long line in parts', async () => {
    // execa ends a program at 100 million characters of output that it keeps.
    const line = 'x'.repeat(1_000_000);
    const script = `
      const line = 'x'.repeat(${line.length}) + '\\n';
      (async () => {
        for (let written = 0; written < 105; written += 1) {
          if (!process.stdout.write(line)) {
            await new Promise((resolve) => process.stdout.once('drain', resolve));
          }
        }
        process.stdout.write('the last line\\n');
      })();`;
    let characters = 0;
    let longest = 0;
    let last = '';
    await new Promise<void>((ended) => {
      follow(
        { program: process.execPath, args: ['-e', script] },
        (text) => {
          characters += text.length;
          longest = Math.max(longest, text.length);
          last = text;
        },
        ended,
      );
    });
    assert.equal(last.slice(0, 100), 'the last line');
    assert.equal(characters, 105 * line.length + last.length);
    assert.ok(longest < line.length, 'a line came whole, however long it is');
  });

  it('hands over its last lines, which have no end, before its own end is told', async () => {
    const seen: string[] = [];
    const script =
      "process.stdout.write('one'); process.stderr.write('two'); process.exitCode = 3;";
    await new Promise<void>((ended) => {
      follow({ program: process.execPath, args: ['-e', script] }, (line) => seen.push(line), ended);
    });
    assert.deepEqual(seen.sort(), ['one', 'two']);
  });
});
