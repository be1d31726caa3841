import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { renderCertificatePage } from '../../../../src/vscode/model/certificate-page.ts';

describe('the page of a certificate', () => {
  const hostile = `<script>alert(1)</script>"'&\u202e\0`;
  const page = renderCertificatePage(
    {
      name: hostile,
      sections: [{ title: hostile, facts: [[hostile, hostile]], problems: [hostile] }],
    },
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
    for (const text of [
      `<h1>${shown}</h1>`,
      `>${shown}</h2>`,
      `</strong> ${shown}</p>`,
      `<th scope="row">${shown}</th><td>${shown}</td>`,
    ]) {
      assert.ok(page.includes(text), text);
    }
  });
});
