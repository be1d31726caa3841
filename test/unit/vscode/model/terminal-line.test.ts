import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkTerminalLine } from '../../../../src/vscode/model/terminal-line.ts';

describe('a line for a terminal', () => {
  it('is typed as it is, whatever its letters', () => {
    const line = `certutil.exe -user -addstore Root "$(wslpath -w '/w/it'\\''s ü/ca.pem')"`;
    assert.equal(checkTerminalLine(line), line);
  });

  for (const key of ['\r', '\n', '\u0003', '\u001b', '\u007f', '\u009b', '\t']) {
    it(`is not typed with ${JSON.stringify(key)} in it, which would be a key pressed`, () => {
      assert.throws(() => checkTerminalLine(`cat '/w/x${key}touch y/ca.pem'`), {
        code: 'control-characters',
      });
    });
  }
});
