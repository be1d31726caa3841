import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { renderCertificatePage } from '../../../../src/vscode/model/certificate-page.ts';

describe('the page of a certificate', () => {
  const hostile = `<script>alert(1)</script>"'&\u202e\0`;
  const page = renderCertificatePage(
    [{ title: hostile, facts: [[hostile, hostile]], problems: [hostile] }],
    'abc',
  );

  it('runs nothing and loads nothing', () => {
    const [, policy] = /Content-Security-Policy" content="([^"]+)"/.exec(page) ?? [];
    assert.equal(policy, "default-src 'none'; style-src 'nonce-abc'");
    assert.match(page, /<style nonce="abc">/);
    assert.doesNotMatch(page, /<script|<a |href|src=|url\(/);
  });

  it('shows text as text', () => {
    const shown = '&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\ufffd\ufffd';
    assert.ok(page.includes(`<h2>${shown}</h2>`));
    assert.ok(page.includes(`<p>⚠ ${shown}</p>`));
    assert.ok(page.includes(`<dt>${shown}</dt><dd>${shown}</dd>`));
  });
});
