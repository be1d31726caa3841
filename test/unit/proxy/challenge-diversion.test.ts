import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, connect as connectTcp, type AddressInfo, type Server } from 'node:net';
import { Duplex } from 'node:stream';
import { connect, type ConnectionOptions } from 'node:tls';
import { after, afterEach, before, describe, it } from 'mocha';
import { makeChallengeCertificate } from '../../../src/certificates/public/acme/responders/challenge-certificate.ts';
import { openProxy, type EmbeddedProxy } from '../../../src/proxy/embedded.ts';
import type { Disposable } from '../../../src/system/events.ts';
import { issue } from '../certificates/pki-fixture.ts';

describe('the embedded proxy while an ACME server is to be answered', () => {
  let upstream: Server;
  let proxy: EmbeddedProxy;
  let ca: string;
  const answering: Disposable[] = [];

  before(async () => {
    upstream = createServer((socket) => {
      socket.on('error', () => undefined).pipe(socket);
    });
    upstream.listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const authority = await issue({ name: 'Authority', ca: true });
    const own = await issue({ name: 'chroma.test', by: authority, names: ['chroma.test'] });
    ca = authority.pem;
    proxy = await openProxy({
      address: '127.0.0.1',
      port: 0,
      upstreamPort: (upstream.address() as AddressInfo).port,
      certificate: own.pem,
      key: own.keyPem,
    });
  });
  afterEach(() => {
    for (const one of answering.splice(0)) one.dispose();
  });
  after(() => {
    proxy.close();
    upstream.close();
  });

  async function answer(name: string): Promise<Disposable> {
    const proof = { name, token: 'token', keyAuthorization: `token.${name}` };
    const one = proxy.prove(await makeChallengeCertificate(proof));
    answering.push(one);
    return one;
  }

  const address = (): { readonly host: string; readonly port: number } => ({
    host: '127.0.0.1',
    port: (proxy.server.address() as AddressInfo).port,
  });

  /** What a client verifies and hears back of "hello". */
  async function sayHello(options: ConnectionOptions = {}): Promise<string> {
    const socket = connect({ ...address(), servername: 'chroma.test', ca, ...options });
    socket.write('hello');
    const [heard] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return heard.toString();
  }

  /** The names of the certificate that is shown to an ACME server, or how it is refused. */
  async function askAsAcmeServer(
    servername: string,
    options: ConnectionOptions = {},
  ): Promise<string> {
    const socket = connect({
      ...{ ...address(), servername, ALPNProtocols: ['acme-tls/1'], ...options },
      // It looks at the certificate's own fields, and nobody has signed it (RFC 8737 section 3).
      rejectUnauthorized: false,
    });
    return new Promise((resolve) => {
      socket.once('secureConnect', () => {
        resolve(new X509Certificate(socket.getPeerCertificate().raw).subjectAltName ?? 'no names');
        socket.destroy();
      });
      socket.once('error', (error: Error) => {
        resolve(error.message);
      });
    });
  }

  it('shows it the certificate of each name that it asks for', async () => {
    await answer('a.test');
    await answer('b.test');
    assert.equal(await askAsAcmeServer('a.test'), 'DNS:a.test');
    assert.equal(await askAsAcmeServer('b.test'), 'DNS:b.test');
    assert.match(await askAsAcmeServer('c.test'), /handshake failure|no shared|alert/i);
  });

  it('serves all others, also by the name that is asked for', async () => {
    await answer('chroma.test');
    assert.equal(await sayHello(), 'hello');
    assert.equal(await sayHello({ ALPNProtocols: ['h2', 'http/1.1'] }), 'hello');
    // RFC 8737 section 3: an ACME server offers that protocol alone.
    assert.equal(await sayHello({ ALPNProtocols: ['acme-tls/1', 'http/1.1'] }), 'hello');
    assert.equal(await sayHello({ maxVersion: 'TLSv1.2' }), 'hello');
  });

  /** A connection that sends one byte at a time. */
  function connectSlowly(): Duplex {
    const socket = connectTcp(address());
    const slow = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _, done) => {
        const writeFrom = (at: number): void => {
          if (at === chunk.length) done();
          else socket.write(chunk.subarray(at, at + 1), () => setImmediate(writeFrom, at + 1));
        };
        writeFrom(0);
      },
      destroy: (_, done) => {
        socket.destroy();
        done(null);
      },
    });
    socket.setNoDelay(true).on('data', (chunk) => slow.push(chunk));
    return slow;
  }

  it('waits for a first message that comes byte by byte', async () => {
    await answer('chroma.test');
    assert.equal(await sayHello({ socket: connectSlowly() }), 'hello');
    assert.equal(
      await askAsAcmeServer('chroma.test', { socket: connectSlowly() }),
      'DNS:chroma.test',
    );
  });

  it('passes on at once what is no TLS, and lets a client leave', async () => {
    await answer('chroma.test');
    const plain = connectTcp(address());
    plain.on('error', () => undefined).end('GET / HTTP/1.1\r\n\r\n');
    plain.resume();
    await once(plain, 'close');
    const silent = connectTcp(address());
    await once(silent, 'connect');
    silent.end().resume();
    await once(silent, 'close');
    assert.equal(await sayHello(), 'hello');
  });

  it('answers it no longer than it is to', async () => {
    const [a] = [await answer('a.test'), await answer('b.test')];
    a.dispose();
    // A second time changes nothing.
    a.dispose();
    assert.equal(await askAsAcmeServer('b.test'), 'DNS:b.test');
    for (const one of answering) one.dispose();
    assert.match(await askAsAcmeServer('b.test'), /no application protocol/i);
    assert.equal(await sayHello(), 'hello');
  });
});
