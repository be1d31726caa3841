import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { after, before, describe, it } from 'mocha';
import { generateFiles, type GenerateResult } from '../../../src/certificates/generate-files.ts';
import { openProxy, type EmbeddedProxy } from '../../../src/proxy/embedded.ts';
import { readServedFiles } from '../../../src/proxy/served-files.ts';
import { certificateSettings, DEFAULT_SETTINGS } from '../../../src/project/settings.ts';

describe('embedded proxy', () => {
  let generate: () => Promise<GenerateResult>;
  let made: GenerateResult;
  let upstream: Server;
  let proxy: EmbeddedProxy;

  before(async () => {
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    const workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-'));
    generate = () =>
      generateFiles({
        workspace,
        folder: join(workspace, 'certs'),
        domain: 'localhost',
        ...certificateSettings(DEFAULT_SETTINGS),
      });
    made = await generate();
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
      ...(await readServedFiles(made.files)),
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

  it('offers forward secrecy only, even after a reload', async () => {
    const tryAll = async (): Promise<void> => {
      for (const suite of ['ECDHE-ECDSA-AES128-CCM8@SECLEVEL=0', 'ECDHE-ECDSA-AES256-SHA']) {
        await assert.rejects(connectByTls12(suite), /handshake failure/, suite);
      }
      (await connectByTls12('ECDHE-ECDSA-CHACHA20-POLY1305')).destroy();
    };
    await tryAll();
    proxy.reload(await readServedFiles(made.files));
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

  it('shows the certificate for host names to who asks by one, and the ordinary one to others', async () => {
    const shown = async (servername: string): Promise<string | undefined> => {
      const { port } = proxy.server.address() as AddressInfo;
      // What is shown is compared here; an unknown name has to be verified by no client.
      const how = servername === 'localhost' ? {} : { checkServerIdentity: () => undefined };
      const ca = await readFile(made.files.ca);
      const socket = connect({ host: '127.0.0.1', port, servername, ca, ...how });
      await once(socket, 'secureConnect');
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      return fingerprint256;
    };
    const fingerprintOf = async (file: string): Promise<string> =>
      new X509Certificate(await readFile(file)).fingerprint256;
    const { files } = made;
    const ordinary = made.facts.fingerprint256;
    const names = await fingerprintOf(files.names);
    for (const each of ['localhost', 'LOCALHOST']) assert.equal(await shown(each), names, each);
    for (const each of ['', 'other.test']) assert.equal(await shown(each), ordinary, each);

    const served = await readServedFiles(files);
    const again = await generate();
    proxy.reload({ ...(await readServedFiles(files)), names: served.names });
    assert.equal(await shown('localhost'), again.facts.fingerprint256, 'the names of another key');
    proxy.reload({ ...(await readServedFiles(files)), names: 'nothing' });
    assert.equal(await shown('localhost'), again.facts.fingerprint256, 'no certificate');
    proxy.reload(await readServedFiles(files));
    assert.equal(await shown('localhost'), await fingerprintOf(files.names));
    const broken = { ...(await readServedFiles(files)), key: served.key };
    assert.throws(() => {
      proxy.reload(broken);
    });
    assert.equal(await shown('localhost'), await fingerprintOf(files.names), 'both stay');
    assert.equal(await shown(''), again.facts.fingerprint256, 'both stay');
    await rm(files.names);
    proxy.reload(await readServedFiles(files));
    assert.equal(await shown('localhost'), again.facts.fingerprint256, 'a missing file');
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
