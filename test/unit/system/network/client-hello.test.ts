import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { readClientHello } from '../../../../src/system/network/client-hello.ts';

/** What Node's own TLS client says first. */
async function hearHello(options: ConnectionOptions): Promise<Buffer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect({ host: '127.0.0.1', port, ...options });
  client.on('error', () => undefined);
  const [socket] = (await once(server, 'connection')) as [Socket];
  socket.on('error', () => undefined);
  const [hello] = (await once(socket, 'data')) as [Buffer];
  client.destroy();
  socket.destroy();
  server.close();
  return hello;
}

/** The same message in records of another size. */
function divide(hello: Buffer, size: number): Buffer {
  const message = hello.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size);
    const head = Buffer.from([22, 3, 1, 0, 0]);
    head.writeUInt16BE(part.length, 3);
    records.push(head, part);
  }
  return Buffer.concat(records);
}

describe('the first message of a TLS client', () => {
  const acme = { servername: 'Chroma.example', ALPNProtocols: ['acme-tls/1'] };
  const read = { serverName: 'chroma.example', protocols: ['acme-tls/1'] };

  it('says the name and the protocols', async () => {
    assert.deepEqual(readClientHello(await hearHello(acme)), read);
    assert.deepEqual(
      readClientHello(await hearHello({ ...acme, ALPNProtocols: ['h2', 'http/1.1'] })),
      { serverName: 'chroma.example', protocols: ['h2', 'http/1.1'] },
    );
    assert.deepEqual(readClientHello(await hearHello({ maxVersion: 'TLSv1.2' })), {
      protocols: [],
    });
  });

  it('may come in any parts, and in records of any size', async () => {
    const hello = await hearHello(acme);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: hello.length }), fc.nat(), (size, cut) => {
        const divided = divide(hello, size);
        assert.deepEqual(readClientHello(divided), read);
        const some = divided.subarray(0, cut % divided.length);
        assert.equal(readClientHello(some), 'incomplete');
      }),
    );
  });

  it('is told from anything else, whatever comes', async () => {
    const hello = await hearHello(acme);
    assert.equal(readClientHello(Buffer.from('GET / HTTP/1.1\r\n\r\n')), undefined);
    // A record without content, one after the other, is not to be waited for.
    assert.equal(readClientHello(Buffer.from([22, 3, 1, 0, 0, 22, 3, 1, 0, 0])), undefined);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        readClientHello(bytes);
      }),
    );
    // A real one that is damaged anywhere.
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(hello.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const damaged = Buffer.from(hello);
          for (const [at, byte] of changes) damaged[at] = byte;
          readClientHello(damaged);
        },
      ),
    );
  });
});
