import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import {
  adoptContainers,
  wasStopped,
} from '../../../../../src/chroma/runtimes/compose/compose-containers.ts';
import {
  findDataHolder,
  explainDataAtRisk,
} from '../../../../../src/chroma/runtimes/compose/data-at-risk.ts';
import {
  keepsItsData,
  readChromaConfiguration,
  readDataPath,
} from '../../../../../src/chroma/runtimes/compose/container-data.ts';
import { readObservation } from '../../../../../src/chroma/runtimes/docker/observation.ts';
import type { ChromaContainer } from '../../../../../src/chroma/runtimes/compose/chroma-container.ts';
import { describeDataAtRisk } from '../../../../../src/compose/proposal-notes.ts';

function container(
  service: string,
  image: string,
  more: Partial<ChromaContainer> = {},
): ChromaContainer {
  return {
    Id: service,
    Name: `/project-${service}-1`,
    State: { Status: 'running', ExitCode: 0, StartedAt: '2026-01-01T00:00:00Z' },
    Image: image,
    Labels: { 'com.docker.compose.service': service },
    Ports: null,
    Bindings: null,
    NetworkMode: 'project_default',
    Mounts: null,
    UvicornTls: false,
    RunsPython: false,
    DataSigns: [],
    ...more,
  };
}

const PUBLISHED = { '8443/tcp': [{ HostIp: '127.0.0.1', HostPort: '9000' }] };

describe("what Compose's containers say", () => {
  it('is a server behind what shares its network', () => {
    const seen = readObservation(
      adoptContainers([
        container('web', 'nginx'),
        container('vectors', 'chromadb/chroma:1.5.9', { Bindings: PUBLISHED }),
        container('proxy', 'own/nginx:1', { NetworkMode: 'container:vectors' }),
      ]).own,
      false,
    );
    assert.ok(seen.kind === 'running');
    const { image, tls, bindAddress, port } = seen.server;
    assert.deepEqual(
      [image, tls, bindAddress, port],
      ['chromadb/chroma:1.5.9', 'nginx', '127.0.0.1', 9000],
    );
  });

  it('is uvicorn where it has a certificate, else an unknown TLS proxy', () => {
    for (const [image, UvicornTls, tls] of [
      ['chromadb/chroma:0.5.13', true, 'uvicorn'],
      ['chromadb/chroma:0.5.13', false, 'other'],
      ['chromadb/chroma:1.5.9', true, 'other'],
    ] as const) {
      const chroma = container('chroma', image, { Bindings: PUBLISHED, UvicornTls });
      const seen = readObservation(adoptContainers([chroma]).own, false);
      assert.ok(seen.kind === 'running');
      assert.equal(seen.server.tls, tls);
    }
  });

  it('is published by a proxy of the user where that has a network of its own', () => {
    for (const image of ['envoyproxy/envoy:v1.40.0', 'caddy:2', 'traefik:v3', 'haproxy:3']) {
      const { own, userProxy: proxy } = adoptContainers([
        container('chroma', 'chromadb/chroma:1.5.9'),
        container('edge', image, { Bindings: PUBLISHED }),
      ]);
      const [server, ...more] = own;
      assert.equal(server?.Labels?.['chroma-tls.port'], '9000', image);
      assert.equal(server.Labels['chroma-tls.tls'], 'other');
      assert.deepEqual([more, proxy?.Id], [[], 'edge'], 'and is not ours to end');
    }
  });

  it('is published by what depends on it, as the container or the file says', () => {
    const chroma = container('chroma', 'chromadb/chroma:1.5.9');
    const edge = container('edge', 'shop-edge', { Bindings: PUBLISHED });
    const database = container('db', 'postgres', { Bindings: PUBLISHED });
    const labels = {
      ...edge.Labels,
      'com.docker.compose.depends_on': 'db:service_started:false,chroma:service_healthy:false',
    };
    const told = { ...edge, Labels: labels };
    assert.equal(adoptContainers([database, chroma, told]).userProxy?.Id, 'edge');
    assert.equal(adoptContainers([database, chroma, edge]).userProxy, undefined);
    assert.equal(adoptContainers([database, chroma, edge], 'edge').userProxy?.Id, 'edge');
  });

  it('is on the port that the engine picked for TLS', () => {
    const picked = [{ HostIp: '0.0.0.0', HostPort: '49153' }];
    const { own } = adoptContainers([
      container('chroma', 'chromadb/chroma:1.5.9'),
      container('edge', 'caddy:2', {
        Bindings: {
          '443/udp': PUBLISHED['8443/tcp'],
          '80/tcp': PUBLISHED['8443/tcp'],
          '443/tcp': [{ HostIp: '', HostPort: '' }],
        },
        Ports: { '443/tcp': picked, '80/tcp': PUBLISHED['8443/tcp'], '8080/tcp': null },
      }),
    ]);
    assert.equal(own[0]?.Labels?.['chroma-tls.port'], '49153');
  });

  it('is nothing where no container is a Chroma', () => {
    assert.deepEqual(adoptContainers([container('web', 'nginx')]), { own: [] });
  });

  it('is data that outlives its container only in a folder or a volume with a name', () => {
    const anonymous = 'a'.repeat(64);
    for (const [image, mounts, kept] of [
      ['chromadb/chroma:1.5.9', null, false],
      ['chromadb/chroma:1.5.9', [{ Destination: '/certs' }], false],
      ['chromadb/chroma:1.5.9', [{ Name: 'shop_data', Destination: '/data' }], true],
      ['chromadb/chroma:1.5.9', [{ Name: anonymous, Destination: '/data' }], false],
      ['chromadb/chroma:1.5.9', [{ Destination: '/chroma/chroma' }], false],
      ['chromadb/chroma:0.6.3', [{ Destination: '/chroma/chroma' }], true],
      ['chromadb/chroma:0.6.3', [{ Destination: '/chroma' }], true],
      ['chromadb/chroma:0.6.3', [{ Destination: '/chroma/certs' }], false],
    ] as const) {
      const seen = keepsItsData(container('chroma', image, { Mounts: mounts }));
      assert.equal(seen, kept, `${image} ${JSON.stringify(mounts)}`);
    }
  });

  it('is judged by what it runs, where the tag is not a version', () => {
    const Mounts = [{ Name: 'shop_data', Destination: '/chroma/chroma' }];
    const own = container('chroma', 'me/chroma:prod', { Mounts, Bindings: PUBLISHED });
    const old = { ...own, RunsPython: true, UvicornTls: true };
    assert.deepEqual([keepsItsData(own), keepsItsData(old)], [false, true]);
    const seen = readObservation(adoptContainers([old]).own, false);
    assert.ok(seen.kind === 'running');
    assert.deepEqual([seen.server.generation, seen.server.tls], ['python', 'uvicorn']);
    // A version counts for more than how it is run.
    const named = { ...old, Image: 'chromadb/chroma:1.5.9' };
    assert.equal(keepsItsData(named), false);
  });

  it('holds the only data where it ever ran without a volume for it', () => {
    const chroma = container('chroma', 'chromadb/chroma:1.5.9');
    assert.equal(findDataHolder('chroma', [container('web', 'nginx'), chroma]), chroma);
    assert.equal(findDataHolder('vectors', [chroma]), undefined);
    const kept = { ...chroma, Mounts: [{ Name: 'shop_data', Destination: '/data' }] };
    const fresh = { ...chroma, State: { ...chroma.State, Status: 'created' } };
    assert.deepEqual(
      [findDataHolder('chroma', [kept]), findDataHolder('chroma', [fresh])],
      [undefined, undefined],
    );
  });

  it('is a stop, not a failure, where the server ended as it was told', () => {
    const ended = (service: string, code: number): ChromaContainer =>
      container(service, 'chromadb/chroma:1.5.9', {
        State: { Status: 'exited', ExitCode: code, StartedAt: '2026-01-01T00:00:00Z' },
      });
    for (const [code, stopped] of [
      [0, true],
      [143, true],
      [1, false],
      [137, false],
    ] as const) {
      assert.equal(wasStopped(adoptContainers([ended('chroma', code)]).own), stopped, String(code));
    }
    const proxy = { ...ended('proxy', 0), Image: 'nginx', NetworkMode: 'container:chroma' };
    assert.equal(
      wasStopped(adoptContainers([container('chroma', 'chromadb/chroma:1.5.9'), proxy]).own),
      false,
      'its TLS proxy is another matter',
    );
  });

  it('keeps its data where its container says, not where its image would', () => {
    const mounts = { Mounts: [{ Name: 'project_vectors', Destination: '/chroma/data' }] };
    const python = (DataSigns: readonly string[]): boolean =>
      keepsItsData(container('a', 'chromadb/chroma:0.5.23', { ...mounts, DataSigns }));
    assert.ok(python(['PERSIST_DIRECTORY=/chroma/data', '']));
    assert.ok(!python(['']));
    const rust = (DataSigns: readonly string[], Destination: string): boolean =>
      keepsItsData(
        container('a', 'chromadb/chroma:1.5.9', {
          Mounts: [{ Name: 'v', Destination }],
          DataSigns,
        }),
      );
    assert.ok(rust(['run=/config.yaml', ''], '/data'));
    assert.ok(rust(['CHROMA_PERSIST_PATH=/kept', 'run=/config.yaml', ''], '/kept'));
    assert.ok(!rust(['CHROMA_PERSIST_PATH=/kept', 'run=/config.yaml', ''], '/data'));
    assert.ok(rust(['run=--path', '--path=/store', ''], '/store'));
    assert.ok(!rust(['run=/own.yaml', ''], '/data'), 'what it cannot tell it does not assume');
    assert.ok(!rust(['run=', ''], '/data'), 'nor without a configuration');
  });

  it('keeps its data where a configuration of this machine says, and claims nothing without it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-configuration-'));
    const Source = join(folder, 'config.yaml');
    await writeFile(Source, 'port: 8000\npersist_path: "/kept"\n');
    const mounted = (file: string, Destination: string): ChromaContainer =>
      container('chroma', 'chromadb/chroma:1.5.9', {
        Mounts: [
          { Source: file, Destination: '/config.yaml' },
          { Name: 'shop_data', Destination },
        ],
        DataSigns: ['run=/config.yaml', ''],
      });
    const kept = await readChromaConfiguration(mounted(Source, '/kept'));
    const lost = await readChromaConfiguration(mounted(Source, '/data'));
    const unread = await readChromaConfiguration(mounted(join(folder, 'none.yaml'), '/data'));
    await rm(folder, { recursive: true });
    assert.deepEqual([kept, lost, unread].map(keepsItsData), [true, false, false]);
    assert.deepEqual([lost, unread].map(readDataPath), ['/kept', undefined]);
    const compose = { program: 'docker', leading: ['compose'], version: '2.26.1' };
    const target = {
      compose,
      path: '/p',
      services: ['chroma'],
      images: {},
      bindAddress: '127.0.0.1',
    };
    const { what } = explainDataAtRisk(target, unread, 'docker');
    assert.match(what, /may be lost/);
    assert.doesNotMatch(what, /no volume at/);
    assert.match(describeDataAtRisk({ container: 'a', engine: 'docker' }), /cannot be told/);
  });
});
