import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { follow } from '../../src/process.ts';

describe('a program that is followed', () => {
  it('goes on past what execa would keep of its output', async function () {
    this.timeout(60_000);
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
    let lines = 0;
    let last = '';
    await new Promise<void>((ended) => {
      follow(
        { program: process.execPath, args: ['-e', script] },
        (text) => {
          lines += 1;
          last = text;
        },
        ended,
      );
    });
    assert.equal(last.slice(0, 100), 'the last line');
    assert.equal(lines, 106);
  });

  it('hands over its last lines before its end is told', async () => {
    const seen: string[] = [];
    const script = "console.log('one'); console.error('two'); process.exitCode = 3;";
    await new Promise<void>((ended) => {
      follow({ program: process.execPath, args: ['-e', script] }, (line) => seen.push(line), ended);
    });
    assert.deepEqual(seen.sort(), ['one', 'two']);
  });
});
