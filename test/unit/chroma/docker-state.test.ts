import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  readObservation,
  type InspectedContainer,
} from '../../../src/chroma/runtimes/docker-state.ts';

function container(role: string, status: string, exitCode = 0, tls = 'nginx'): InspectedContainer {
  return {
    Id: role,
    State: { Status: status, ExitCode: exitCode, StartedAt: '2026-01-01T00:00:00.000Z' },
    Config: {
      Labels: {
        'chroma-tls.role': role,
        'chroma-tls.image': 'chromadb/chroma:1.5.9',
        'chroma-tls.tls': tls,
        'chroma-tls.bind-address': '127.0.0.1',
        'chroma-tls.port': '8000',
      },
    },
  };
}

describe('what containers say together', () => {
  it('is no server where there is none, or it was only created', () => {
    assert.equal(readObservation([]).kind, 'none');
    assert.equal(readObservation([container('server', 'created')]).kind, 'none');
    assert.equal(readObservation([container('proxy', 'running')]).kind, 'none');
  });

  it('is a running server with the facts of its labels', () => {
    const seen = readObservation([container('server', 'running'), container('proxy', 'running')]);
    assert.ok(seen.kind === 'running');
    assert.deepEqual([seen.server.port, seen.server.tls], [8000, 'nginx']);
    assert.equal(seen.server.startedAt, Date.UTC(2026, 0, 1));
  });

  it('names the part that ended, and its code', () => {
    const proxy = readObservation([
      container('server', 'running'),
      container('proxy', 'exited', 1),
    ]);
    assert.ok(proxy.kind === 'exited');
    assert.deepEqual([proxy.part, proxy.exitCode], ['nginx proxy', 1]);
    const server = readObservation([
      container('server', 'exited', 137),
      container('proxy', 'running'),
    ]);
    assert.ok(server.kind === 'exited');
    assert.deepEqual([server.part, server.exitCode], ['Chroma server', 137]);
  });
});
