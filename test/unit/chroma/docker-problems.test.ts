import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  explainEngineFailure,
  explainPullFailure,
  isPortTaken,
} from '../../../src/chroma/runtimes/docker-problems.ts';

describe('what an engine complains of', () => {
  // Recorded from Docker 20.10, 28.2 and Docker Desktop on Windows.
  for (const [code, stderr] of [
    [
      'docker-not-running',
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    ],
    [
      'docker-not-running',
      'error during connect: this error may indicate that the docker daemon is not running: Get "http://%2F%2F.%2Fpipe%2Fdocker_engine/v1.24/version": open //./pipe/docker_engine: The system cannot find the file specified.',
    ],
    [
      'docker-not-permitted',
      'Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
    ],
    [
      'docker-not-permitted',
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
    ],
    [
      'already-starting',
      'Error response from daemon: Conflict. The container name "/chroma-tls-0" is already in use by container "ab".',
    ],
    ['docker-failed', 'Error response from daemon: something new'],
  ] as const) {
    it(`${code}: ${stderr.slice(0, 50)}`, () => {
      const problem = explainEngineFailure('docker', stderr, 'linux');
      assert.equal(problem.code, code);
      assert.ok(problem.next, 'it names a cure');
    });
  }

  it('tells an unknown image from a registry out of reach', () => {
    const unknown = explainPullFailure('a:b', 'manifest for a:b not found: manifest unknown');
    const away = explainPullFailure('a:b', 'Get "https://registry/": dial tcp: i/o timeout');
    assert.equal(unknown.code, 'image-unknown');
    assert.equal(away.code, 'image-unreachable');
  });

  it("knows a taken port in each engine's words", () => {
    assert.ok(isPortTaken('Bind for 127.0.0.1:8000 failed: port is already allocated'));
    assert.ok(isPortTaken('listen tcp4 127.0.0.1:8000: bind: address already in use'));
    assert.ok(!isPortTaken('no such image'));
  });
});
