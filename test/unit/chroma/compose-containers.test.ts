import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { adoptContainers } from '../../../src/chroma/runtimes/compose-containers.ts';
import {
  readObservation,
  type InspectedContainer,
} from '../../../src/chroma/runtimes/docker-state.ts';

function container(
  service: string,
  image: string,
  more: Partial<InspectedContainer> = {},
): InspectedContainer {
  return {
    Id: service,
    Name: `/project-${service}-1`,
    State: { Status: 'running', ExitCode: 0, StartedAt: '2026-01-01T00:00:00Z' },
    Image: image,
    Labels: { 'com.docker.compose.service': service },
    Ports: null,
    Bindings: null,
    NetworkMode: 'project_default',
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
        container('front', 'own/nginx:1', { NetworkMode: 'container:vectors' }),
      ]),
      false,
    );
    assert.ok(seen.kind === 'running');
    const { image, tls, bindAddress, port } = seen.server;
    assert.deepEqual(
      [image, tls, bindAddress, port],
      ['chromadb/chroma:1.5.9', 'nginx', '127.0.0.1', 9000],
    );
  });

  it('is uvicorn where an old server is published itself, else a front nobody told us of', () => {
    for (const [image, tls] of [
      ['chromadb/chroma:0.5.13', 'uvicorn'],
      ['chromadb/chroma:1.5.9', 'other'],
    ] as const) {
      const seen = readObservation(
        adoptContainers([container('chroma', image, { Bindings: PUBLISHED })]),
        false,
      );
      assert.ok(seen.kind === 'running');
      assert.equal(seen.server.tls, tls);
    }
  });

  it('is published by a proxy of the person where that has a network of its own', () => {
    const [server] = adoptContainers([
      container('chroma', 'chromadb/chroma:1.5.9'),
      container('edge', 'envoyproxy/envoy:v1.40.0', { Bindings: PUBLISHED }),
    ]);
    assert.equal(server?.Labels?.['chroma-tls.port'], '9000');
    assert.equal(server.Labels['chroma-tls.tls'], 'other', 'and is not ours to end');
  });

  it('is nothing where no container is a Chroma', () => {
    assert.deepEqual(adoptContainers([container('web', 'nginx')]), []);
  });
});
