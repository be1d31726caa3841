import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { findTarget, readTarget } from '../../../../../src/chroma/runtimes/compose/target.ts';
import { composeCommand } from '../../../../../src/containers/compose/compose-program.ts';
import { Engine } from '../../../../../src/containers/engine.ts';
import { ProgramNotFoundError } from '../../../../../src/system/processes/program.ts';

const NEW = { program: 'docker', leading: ['compose'], version: '2.26.1' };
const OLD = { program: 'docker-compose', leading: [], version: '1.29.2' };

describe("Chroma's services in a Compose file", () => {
  it('are found by our label, by name, or by the image', () => {
    const image = 'registry.test/chromadb/chroma:1.5.9';
    const labels = { 'chroma-tls.role': 'server' };
    for (const services of [
      { db: { labels }, chroma: {}, web: { image } },
      { db: { labels: ['chroma-tls.role=server'] }, chroma: {} },
    ]) {
      assert.deepEqual(readTarget(services)?.services, ['db']);
    }
    assert.deepEqual(readTarget({ web: { image }, chroma: {} })?.services, ['chroma']);
    assert.deepEqual(readTarget({ cache: { image: 'redis' }, vectors: { image } })?.services, [
      'vectors',
    ]);
    assert.equal(
      readTarget({ cache: { image: 'redis' }, other: { image: 'chroma-x' } }),
      undefined,
    );
  });

  it('are never an option of Compose', () => {
    assert.equal(readTarget({ '--build': { image: 'chromadb/chroma:1.5.9' } }), undefined);
  });

  it('include what shares their network, and nothing else', () => {
    const target = readTarget({
      web: { image: 'nginx' },
      proxy: { image: 'nginx', network_mode: 'service:chroma' },
      chroma: { ports: [{ host_ip: '127.0.0.1', published: '9000' }] },
    });
    assert.deepEqual(target, {
      services: ['chroma', 'proxy'],
      images: { web: 'nginx', proxy: 'nginx' },
      bindAddress: '127.0.0.1',
      port: 9000,
    });
  });

  it('have a TLS proxy of the user where none of them publishes a port', () => {
    const edge = { ports: [{ host_ip: '127.0.0.1', published: '9443', target: 443 }] };
    const chroma = { image: 'chromadb/chroma:1.5.9' };
    const proxy = (services: Parameters<typeof readTarget>[0]): unknown => {
      const target = readTarget(services);
      return [target?.services, target?.proxyService, target?.port];
    };
    const found = [['chroma'], 'edge', 9443];
    assert.deepEqual(proxy({ edge: { ...edge, depends_on: ['chroma'] }, chroma }), found);
    const condition = { chroma: { condition: 'service_healthy' } };
    assert.deepEqual(proxy({ edge: { ...edge, depends_on: condition }, chroma }), found);
    assert.deepEqual(proxy({ edge: { ...edge, image: 'caddy:2' }, chroma }), found);
    assert.deepEqual(proxy({ edge, chroma }), [['chroma'], undefined, undefined], 'unrelated');
    const published = { ...chroma, ports: ['8000:8000'] };
    const without = [['chroma'], undefined, 8000];
    assert.deepEqual(proxy({ edge: { ...edge, image: 'caddy:2' }, chroma: published }), without);
  });

  it('prefer a proxy and its TLS port to an application', () => {
    const depends_on = ['chroma'];
    const target = readTarget({
      app: { depends_on, ports: ['3000:3000'] },
      edge: { image: 'caddy:2', depends_on, ports: ['80:80/tcp', '443:443/udp', '8444:443/tcp'] },
      chroma: {},
    });
    assert.deepEqual([target?.proxyService, target?.port], ['edge', 8444]);
  });

  it('say where they are published, as every Compose writes it', () => {
    for (const [ports, address, port] of [
      [['127.0.0.1:8000:8443/tcp'], '127.0.0.1', 8000],
      [['[::1]:8000:8443'], '::1', 8000],
      [['8000:8443'], '0.0.0.0', 8000],
      [[{ published: 8000 }], '0.0.0.0', 8000],
      [['8443'], '0.0.0.0', undefined],
      [['80:80', 8443], '0.0.0.0', undefined],
      [['127.0.0.1::8443/tcp'], '127.0.0.1', undefined],
      [[{ published: '8000-8010', target: 8443 }], '0.0.0.0', undefined],
    ] as const) {
      const target = readTarget({ chroma: { ports } });
      assert.deepEqual([target?.bindAddress, target?.port], [address, port]);
    }
    assert.equal(readTarget({ chroma: {} })?.port, undefined);
  });

  it('are not asked of Compose where a file cannot have any', async () => {
    const workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-compose-'));
    await writeFile(join(workspace, 'compose.yaml'), 'services: { web: { image: nginx } }\n');
    const missing = new Engine('/nowhere/docker');
    await assert.rejects(findTarget(missing, workspace), { code: 'compose-no-chroma' });
    await writeFile(join(workspace, 'compose.yaml'), 'include: [other.yaml]\n');
    await assert.rejects(findTarget(missing, workspace), ProgramNotFoundError);
  });

  it('are named to Compose one by one, with their file where it needs one', () => {
    assert.deepEqual(composeCommand({ compose: NEW }, ['up', 'chroma']), {
      program: 'docker',
      args: ['compose', 'up', 'chroma'],
    });
    assert.deepEqual(composeCommand({ compose: OLD, file: 'a.yml' }, ['up']), {
      program: 'docker-compose',
      args: ['--file', 'a.yml', 'up'],
    });
  });
});
