import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  asShownText,
  escapeMarkdown,
  joinSentences,
} from '../../../../src/vscode/model/shown-text.ts';

describe('text that VS Code shows', () => {
  it('contains nothing that VS Code would make a link of', () => {
    for (const target of ['command:x', 'https://a.test', 'file:/etc', 'command:x "Fix"']) {
      assert.equal(asShownText(`[Fix](${target})`), `[Fix] (${target})`);
    }
    assert.equal(asShownText('[a]([b](command:x)'), '[a] ([b] (command:x)');
  });

  it('contains nothing that VS Code would make an icon of', () => {
    assert.equal(asShownText('$(verified) \\$(verified)'), '$ (verified) \\$ (verified)');
  });

  it('marks invisible characters and those that reverse letters', () => {
    assert.equal(asShownText('a\u202Eb\u200Bc\u0007d'), 'a\uFFFDb\uFFFDc\uFFFDd');
  });

  it('is otherwise unchanged', () => {
    const text = 'Clients reach https://[::1]:8000 (by certs/ca.pem).\n\n“ü” [1] (x) $HOME ${HOST}';
    assert.equal(asShownText(text), text);
    assert.equal(asShownText('a\tb\r\nc'), 'a b \nc');
  });

  it('is plain text in Markdown too', () => {
    assert.equal(
      escapeMarkdown('[a](command:x)\n| $(bug) <b>'),
      '\\[a\\]\\(command\\:x\\) \\| \\$\\(bug\\) \\<b\\>',
    );
  });
});

describe('phrases that are read out', () => {
  it('have one full stop between two, and none at the end', () => {
    assert.equal(
      joinSentences(['Chroma: Failed', 'It is taken.', ' ', 'Is it?', 'No.']),
      'Chroma: Failed. It is taken. Is it? No',
    );
    assert.equal(joinSentences(['Checking…', 'Wait.']), 'Checking… Wait');
  });
});
