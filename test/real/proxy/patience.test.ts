import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { describe, it } from 'mocha';
import { requirePart } from '../../parts.ts';
import { freePort } from '../fixtures/cli.ts';
import { startProxy } from './proxy-process.ts';
import { Upstream } from './upstream.ts';

describe('every TLS proxy', () => {
  it('waits for an answer longer than it does by default', async function () {
    requirePart(this, 'docker');
    requirePart(this, 'image nginx:1.29-alpine');
    requirePart(this, 'image envoyproxy/envoy:v1.40.0');
    const upstream = new Upstream();
    // nginx gives up after 60 seconds of silence, Envoy after 15. Nothing but time shows that they do
    // not; so this file runs beside the lanes of the others.
    upstream.answer = (_, response) => {
      setTimeout(() => response.end('at last'), 62_000);
    };
    const chroma = await upstream.open();
    const answers = await Promise.all(
      (['embedded', 'nginx', 'envoy'] as const).map(async (kind) => {
        const ports = { tls: await freePort(), chroma, selfCheck: await freePort() };
        const proxy = await startProxy(kind, ports);
        const outgoing = request({
          ...{ host: '127.0.0.1', port: ports.tls, servername: 'localhost', agent: false },
          ca: await readFile(proxy.made.files.ca, 'utf8'),
        });
        outgoing.end();
        const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
        let body = '';
        for await (const chunk of response) body += String(chunk);
        await proxy.stop();
        return `${kind}: ${body}`;
      }),
    );
    await upstream.close();
    assert.deepEqual(answers, ['embedded: at last', 'nginx: at last', 'envoy: at last']);
  });
});
