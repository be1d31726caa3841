import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, it } from 'mocha';
import {
  nameCertificate,
  readAnswer,
} from '../../../../../src/certificates/public/acme/renewal-information.ts';
import { issue } from '../../pki-fixture.ts';

/** The certificate of RFC 9773, appendix A. */
const EXAMPLE = `-----BEGIN CERTIFICATE-----
MIIBQzCB66ADAgECAgUAh2VDITAKBggqhkjOPQQDAjAVMRMwEQYDVQQDEwpFeGFt
cGxlIENBMCIYDzAwMDEwMTAxMDAwMDAwWhgPMDAwMTAxMDEwMDAwMDBaMBYxFDAS
BgNVBAMTC2V4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeBZu
7cbpAYNXZLbbh8rNIzuOoqOOtmxA1v7cRm//AwyMwWxyHz4zfwmBhcSrf47NUAFf
qzLQ2PPQxdTXREYEnKMjMCEwHwYDVR0jBBgwFoAUaYhba4dGQEHhs3uEe6CuLN4B
yNQwCgYIKoZIzj0EAwIDRwAwRAIge09+S5TZAlw5tgtiVvuERV6cT4mfutXIlwTb
+FYN/8oCIClDsqBklhB9KAelFiYt9+6FDj3z4KGVelYM5MdsO3pK
-----END CERTIFICATE-----`;

const NOW = Date.UTC(2026, 10, 30);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WINDOW = { start: '2026-12-10T00:00:00Z', end: '2026-12-12T00:00:00.5+00:00' };
const START = Date.UTC(2026, 11, 10);
const END = Date.UTC(2026, 11, 12) + 500;

function read(
  body: unknown,
  more: Partial<Parameters<typeof readAnswer>[1]> & {
    readonly retry?: string;
    readonly status?: number;
  } = {},
) {
  const { retry, status = 200, ...rest } = more;
  const headers = retry === undefined ? {} : { 'retry-after': retry };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readAnswer(
    { status, headers, body: text },
    { before: undefined, random: 0.5, now: NOW, ...rest },
  );
}

describe('the name of a certificate for its authority', () => {
  it('is what RFC 9773 gives for its example', () => {
    assert.equal(
      nameCertificate(new X509Certificate(EXAMPLE)),
      'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE',
    );
  });

  it('has the serial number as DER has it', async () => {
    for (let tries = 0; tries < 20; tries += 1) {
      const { certificate } = await issue();
      const serial = Buffer.from(nameCertificate(certificate)?.split('.')[1] ?? '', 'base64url');
      // In the certificate it follows the version, which takes five bytes.
      assert.ok(certificate.raw.includes(Buffer.concat([Buffer.from([2, serial.length]), serial])));
    }
  });
});

describe('what an ACME server says of a renewal', () => {
  it('is a moment inside its window, and why', () => {
    const explanationURL = 'https://acme.example/why';
    const middle = START + (END - START) / 2;
    assert.deepEqual(read({ suggestedWindow: WINDOW, explanationURL }, { retry: '3600' }), {
      checkAt: NOW + HOUR,
      window: { start: START, end: END, chosen: middle, explanation: explanationURL },
    });
    for (const random of [0, 1]) {
      const { chosen } = read({ suggestedWindow: WINDOW }, { random }).window ?? {};
      assert.equal(chosen, random === 0 ? START : END);
    }
  });

  it('keeps the moment that was chosen while it lies in the window', () => {
    const before = read({ suggestedWindow: WINDOW }, { random: 0.25 });
    const same = read({ suggestedWindow: WINDOW }, { before, random: 0.75 });
    assert.equal(same.window?.chosen, before.window?.chosen);
    const moved = { start: '2026-11-29T00:00:00Z', end: '2026-11-29T01:00:00Z' };
    const now = read({ suggestedWindow: moved }, { before, random: 1 });
    assert.equal(now.window?.chosen, Date.UTC(2026, 10, 29, 1), 'it is to be renewed at once');
  });

  it('is asked again when the server wants it, from a minute to a day', () => {
    const asked = (retry?: string) =>
      (read({ suggestedWindow: WINDOW }, retry === undefined ? {} : { retry }).checkAt - NOW) /
      MINUTE;
    assert.deepEqual(['1', '7200', '9999999', undefined].map(asked), [1, 120, 24 * 60, 6 * 60]);
  });

  for (const [what, body] of [
    ['no JSON', 'soon'],
    ['no window', {}],
    [
      'a window that ends before it starts',
      { suggestedWindow: { start: WINDOW.end, end: WINDOW.start } },
    ],
    ['dates that are none', { suggestedWindow: { start: '2026-13-10T00:00:00Z', end: 'x' } }],
    [
      'another page than a page',
      { suggestedWindow: WINDOW, explanationURL: 'javascript:alert(1)' },
    ],
  ] as const) {
    it(`leaves what was known before as it is where it is ${what}`, () => {
      const before = read({ suggestedWindow: WINDOW });
      const after = read(body, { before, retry: '60' });
      assert.deepEqual(after, { ...before, checkAt: NOW + MINUTE });
    });
  }

  it('is nothing from a server that has no such thing, or fails', () => {
    const none = readAnswer(undefined, { before: undefined, random: 0.5, now: NOW });
    assert.deepEqual(none, { checkAt: NOW + 24 * HOUR });
    assert.deepEqual(read({}, { status: 500 }), { checkAt: NOW + 6 * HOUR });
  });
});
