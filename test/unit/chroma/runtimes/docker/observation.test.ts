import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  type InspectedContainer,
  readPublishedPort,
} from '../../../../../src/containers/inspected-container.ts';
import {
  describePublisher,
  readObservation,
} from '../../../../../src/chroma/runtimes/docker/observation.ts';

function container(
  role: string,
  status: string,
  { exitCode = 0, tls = 'nginx', second = role === 'proxy' ? 1 : 0 } = {},
): InspectedContainer {
  return {
    Id: role,
    Name: `/${role}`,
    State: { Status: status, ExitCode: exitCode, StartedAt: `2026-01-01T00:00:0${second}.5Z` },
    Image: 'chromadb/chroma:1.5.9',
    Labels: {
      'chroma-tls.role': role,
      'chroma-tls.folder': '/home/a',
      'chroma-tls.image': 'chromadb/chroma:1.5.9',
      'chroma-tls.tls': tls,
      'chroma-tls.bind-address': '127.0.0.1',
      'chroma-tls.port': '8000',
    },
    Ports: { '8443/tcp': [{ HostIp: '127.0.0.1', HostPort: '8000' }], '8000/tcp': null },
    Bindings: { '8443/tcp': [{ HostIp: '127.0.0.1', HostPort: '8000' }] },
    NetworkMode: 'bridge',
    Mounts: null,
  };
}

/** The code of the problem, of an impaired server. */
function impairedBy(...containers: readonly InspectedContainer[]): string | undefined {
  const seen = readObservation(containers, false);
  return seen.kind === 'impaired' ? seen.problem.code : undefined;
}

describe('the observation of containers', () => {
  it('is no server where there is none, or it was only created', () => {
    assert.equal(readObservation([], false).kind, 'none');
    assert.equal(readObservation([container('server', 'created')], false).kind, 'none');
    assert.equal(readObservation([container('proxy', 'running')], false).kind, 'none');
  });

  it('is a running server with the facts of its labels', () => {
    const containers = [container('server', 'running'), container('proxy', 'running')];
    const seen = readObservation(containers, false);
    assert.ok(seen.kind === 'running');
    assert.deepEqual([seen.server.port, seen.server.tls], [8000, 'nginx']);
    assert.equal(seen.server.startedAt, Date.UTC(2026, 0, 1, 0, 0, 0, 500));
  });

  it("knows a server's generation by its label, because its image may have any name", () => {
    const server = container('server', 'running', { tls: 'uvicorn' });
    const labels = { ...server.Labels, 'chroma-tls.line': 'python' };
    const seen = readObservation([{ ...server, Labels: labels }], false);
    assert.equal(seen.kind === 'running' && seen.server.generation, 'python');
  });

  it('is running too while the proxy is about to follow', () => {
    const containers = [container('server', 'running'), container('proxy', 'created')];
    assert.equal(readObservation(containers, false).kind, 'running');
  });

  it('is a start that was broken off where no start is under way any more', () => {
    const containers = [container('server', 'running'), container('proxy', 'created')];
    const seen = readObservation(containers, false, false);
    assert.ok(seen.kind === 'impaired');
    assert.equal(seen.problem.code, 'start-broken-off');
    assert.equal(seen.problem.action, 'startServer');
  });

  it('names the part that ended, and its code', () => {
    const proxy = readObservation(
      [container('server', 'running'), container('proxy', 'exited', { exitCode: 1 })],
      false,
    );
    assert.ok(proxy.kind === 'exited');
    assert.deepEqual([proxy.part, proxy.exitCode], ['nginx proxy', 1]);
    const server = readObservation(
      [container('server', 'exited', { exitCode: 137 }), container('proxy', 'running')],
      false,
    );
    assert.ok(server.kind === 'exited');
    assert.deepEqual([server.part, server.exitCode], ['Chroma server', 137]);
    const envoy = readObservation(
      [container('server', 'running', { tls: 'envoy' }), container('proxy', 'exited')],
      false,
    );
    assert.equal(envoy.kind === 'exited' && envoy.part, 'Envoy proxy');
    const looping = readObservation(
      [container('server', 'running'), container('proxy', 'restarting', { exitCode: 1 })],
      false,
    );
    assert.equal(looping.kind === 'exited' && looping.part, 'nginx proxy');
  });

  it('asks the embedded proxy itself', () => {
    const containers = [container('server', 'running', { tls: 'embedded' })];
    assert.equal(readObservation(containers, true).kind, 'running');
    const dead = readObservation(containers, false);
    assert.ok(dead.kind === 'exited');
    assert.deepEqual([dead.part, dead.exitCode], ['TLS proxy', undefined]);
  });

  it('says why a server does not serve: paused, its proxy gone, or cut off by a restart', () => {
    const proxy = container('proxy', 'running');
    assert.equal(impairedBy(container('server', 'paused'), proxy), 'server-paused');
    const server = container('server', 'running');
    assert.equal(impairedBy(server, container('proxy', 'paused')), 'server-paused');
    assert.equal(impairedBy(server), 'proxy-removed');
    assert.equal(impairedBy(container('server', 'running', { second: 9 }), proxy), 'proxy-cut-off');
    assert.equal(impairedBy(server, container('proxy', 'running', { second: 9 })), undefined);
  });

  it('is no server while it is being removed', () => {
    const leaving = [container('server', 'removing'), container('proxy', 'running')];
    assert.equal(readObservation(leaving, false).kind, 'none');
  });
});

describe('a container', () => {
  it('has an unknown TLS proxy where its label names none of ours', () => {
    const server = container('server', 'running', { tls: 'telnet' });
    const observation = readObservation([server], false);
    assert.ok(observation.kind === 'running' && observation.server.tls === 'other');
  });

  it('has the port of this machine that leads to one of its own', () => {
    assert.equal(readPublishedPort(container('server', 'running'), 8443), 8000);
    assert.equal(readPublishedPort(container('server', 'running'), 8000), undefined);
    assert.equal(readPublishedPort({ ...container('server', 'exited'), Ports: {} }, 1), undefined);
  });

  it('is named where it publishes a port, whether it is ours or not', () => {
    const ours = container('server', 'running');
    const foreign = { ...ours, Name: 'web', Image: 'nginx', Labels: null };
    assert.equal(
      describePublisher([ours], 8000),
      'the Chroma server of /home/a, the container server (chromadb/chroma:1.5.9)',
    );
    assert.equal(describePublisher([foreign], 8000), 'the container web (nginx)');
    assert.equal(describePublisher([ours], 8001), undefined);
  });
});
