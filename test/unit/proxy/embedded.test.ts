import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { after, before, describe, it } from 'mocha';
import { generateCertificate, type GenerateResult } from '../../../src/certificates/generate.ts';
import { openProxy, type EmbeddedProxy } from '../../../src/proxy/embedded.ts';
import { certificateSettings, DEFAULT_SETTINGS } from '../../../src/project/settings.ts';

describe('embedded proxy', () => {
  let made: GenerateResult;
  let upstream: Server;
  let proxy: EmbeddedProxy;

  before(async () => {
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    const workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-'));
    made = await generateCertificate({
      workspace,
      folder: join(workspace, 'certs'),
      domain: 'localhost',
      ...certificateSettings(DEFAULT_SETTINGS),
    });
    upstream = createServer((incoming, response) => {
      let bytes = 0;
      incoming.on('data', (chunk: Buffer) => (bytes += chunk.length));
      incoming.on('end', () => response.end(String(bytes)));
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    proxy = await openProxy({
      address: '127.0.0.1',
      port: 0,
      upstreamPort: (upstream.address() as AddressInfo).port,
      certificate: await readFile(made.files.certificate, 'utf8'),
      key: await readFile(made.files.key, 'utf8'),
    });
  });
  after(() => {
    proxy.close();
    upstream.closeAllConnections();
    upstream.close();
  });

  async function post(bytes: number): Promise<string> {
    const ca = await readFile(made.files.ca, 'utf8');
    return new Promise((resolve, reject) => {
      const { port } = proxy.server.address() as AddressInfo;
      const outgoing = request(
        { host: '127.0.0.1', port, method: 'POST', servername: 'localhost', ca, agent: false },
        (response) => {
          let body = '';
          response.on('data', (chunk: Buffer) => (body += chunk.toString()));
          response.on('end', () => {
            resolve(body);
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(Buffer.alloc(bytes));
    });
  }

  /** A connection by TLS 1.2, where a client could ask for what TLS 1.3 no longer has. */
  async function connectByTls12(ciphers: string): Promise<TLSSocket> {
    const socket = connect({
      ...{ host: '127.0.0.1', port: (proxy.server.address() as AddressInfo).port },
      ...{ servername: 'localhost', ca: await readFile(made.files.ca) },
      ...{ maxVersion: 'TLSv1.2', ciphers },
    });
    await once(socket, 'secureConnect');
    return socket;
  }

  it('offers forward secrecy only, even after a renewal', async () => {
    const [certificate, key] = await Promise.all([
      readFile(made.files.certificate, 'utf8'),
      readFile(made.files.key, 'utf8'),
    ]);
    const tryAll = async (): Promise<void> => {
      for (const suite of ['ECDHE-ECDSA-AES128-CCM8@SECLEVEL=0', 'ECDHE-ECDSA-AES256-SHA']) {
        await assert.rejects(connectByTls12(suite), /handshake failure/, suite);
      }
      (await connectByTls12('ECDHE-ECDSA-CHACHA20-POLY1305')).destroy();
    };
    await tryAll();
    proxy.renew(certificate, key);
    await tryAll();
  });

  it('lets no client renegotiate', async () => {
    const socket = await connectByTls12('ECDHE-ECDSA-AES128-GCM-SHA256');
    const failure = await new Promise((resolve) => {
      socket.once('error', resolve);
      socket.renegotiate({}, resolve);
    });
    socket.destroy();
    assert.match(String(failure), /no renegotiation/i);
  });

  it('passes 40 MB as they are', async () => {
    assert.equal(await post(40 * 1024 * 1024), String(40 * 1024 * 1024));
  });

  it('closes the connection at once when Chroma is away', async () => {
    upstream.closeAllConnections();
    await new Promise((resolve) => upstream.close(resolve));
    await assert.rejects(post(10), /ECONNRESET|socket hang up|EPIPE/);
  });
});
