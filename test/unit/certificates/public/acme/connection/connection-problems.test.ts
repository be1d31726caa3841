import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { before, describe, it } from 'mocha';
import { fetchDirectory } from '../../../../../../src/certificates/public/acme/directory.ts';
import { openAgent } from '../../../../../../src/certificates/public/acme/connection/https-request.ts';
import { readRetryAfter } from '../../../../../../src/certificates/public/acme/connection/retry-after.ts';
import { issue, type Party, type PartyWish } from '../../../pki-fixture.ts';

const DIRECTORY = { newNonce: 'n', newAccount: 'a', newOrder: 'o' };
const SIGNAL = new AbortController().signal;

describe('an ACME server that cannot be asked', () => {
  let authority: Party;
  before(async () => {
    authority = await issue({ name: 'Own', ca: true });
  });

  /** Serves with a certificate of the authority, and asks with it as a known root, or not. */
  async function ask(wish: PartyWish, isKnown = true): Promise<unknown> {
    const { pem, keyPem } = await issue({ ...wish, by: authority });
    const server = createServer({ cert: pem, key: keyPem }, (_request, response) => {
      response.end(JSON.stringify(DIRECTORY));
    });
    const port = await listen(server);
    const agent = await openAgent(isKnown ? authority.pem : undefined);
    try {
      return await fetchDirectory(agent, `https://localhost:${port}/dir`, SIGNAL);
    } finally {
      agent.destroy();
      server.close();
    }
  }

  it('is none where its root was named', async () => {
    const { profiles, needsBinding } = (await ask({})) as Awaited<
      ReturnType<typeof fetchDirectory>
    >;
    assert.deepEqual([profiles, needsBinding], [{}, false]);
  });

  for (const [what, code, wish, isKnown] of [
    ['its root is not known', 'acme-root-unknown', {}, false],
    ['its certificate is for another name', 'acme-wrong-server', { names: ['other.test'] }, true],
    ['its certificate has expired', 'acme-certificate-expired', { from: -9, until: -2 }, true],
    ['the clock is wrong', 'acme-clock-wrong', { from: 2, until: 9 }, true],
  ] as const) {
    it(`says so where ${what}, whatever the environment says`, async () => {
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
      try {
        await assert.rejects(ask(wish, isKnown), { code });
      } finally {
        Reflect.deleteProperty(process.env, 'NODE_TLS_REJECT_UNAUTHORIZED');
      }
    });
  }

  it('says so where it hangs up, speaks in clear, or is not there', async () => {
    const agent = await openAgent(undefined);
    const hangingUp = createTcpServer((socket) => socket.destroy());
    const inClear = createTcpServer((socket) => {
      socket.resume().end('HTTP/1.1 200 OK\r\n\r\n');
    });
    for (const server of [hangingUp, inClear]) {
      const port = await listen(server);
      await assert.rejects(fetchDirectory(agent, `https://127.0.0.1:${port}/`, SIGNAL), {
        code: 'acme-connection-lost',
      });
      await new Promise((done) => server.close(done));
      await assert.rejects(fetchDirectory(agent, `https://127.0.0.1:${port}/`, SIGNAL), {
        code: 'acme-not-reachable',
      });
    }
  });

  it('is not asked in clear', async () => {
    const agent = await openAgent(undefined);
    for (const url of ['http://localhost/dir', 'dir', 'file:///dir']) {
      await assert.rejects(fetchDirectory(agent, url, SIGNAL), { code: 'acme-directory-invalid' });
    }
  });

  it('may say when to ask again, in seconds or as a date', () => {
    const now = new Date('2026-11-30T12:00:00Z');
    const read = (text: string): string | undefined =>
      readRetryAfter({ 'retry-after': text }, now)?.toISOString();
    assert.equal(read('120'), '2026-11-30T12:02:00.000Z');
    assert.equal(read('Mon, 30 Nov 2026 13:00:00 GMT'), '2026-11-30T13:00:00.000Z');
    for (const text of ['', 'soon', '9'.repeat(400)]) assert.equal(read(text), undefined, text);
    assert.equal(readRetryAfter({}, now), undefined);
  });
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) =>
    server.listen(0, () => {
      done();
    }),
  );
  return (server.address() as AddressInfo).port;
}
