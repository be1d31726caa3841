import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { explainPullFailure } from '../../../src/containers/image-pull-problems.ts';

describe('the failures of a pull', () => {
  // Recorded from Docker 20.10 and Podman 4.3, and from Docker Hub's answers.
  for (const [code, stderr] of [
    [
      'image-unknown',
      'Error response from daemon: manifest for 127.0.0.1:5771/try/nginx:2 not found: manifest unknown: manifest unknown',
    ],
    [
      'image-unknown',
      'Error: initializing source docker://127.0.0.1:5771/try/big:2: reading manifest 2 in 127.0.0.1:5771/try/big: manifest unknown: manifest unknown',
    ],
    [
      'image-unknown',
      "Error response from daemon: pull access denied for chroma-none, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    ],
    ['image-unknown', 'invalid reference format'],
    [
      'image-unauthorised',
      'Error response from daemon: Get "https://registry.example.org/v2/a/manifests/1": no basic auth credentials',
    ],
    [
      'image-unauthorised',
      'Error: initializing source docker://registry.example.org/a:1: unable to retrieve auth token: invalid username/password: unauthorized: authentication required',
    ],
    [
      'image-unreachable',
      'Error response from daemon: Get "http://127.0.0.1:5772/v2/": dial tcp 127.0.0.1:5772: connect: connection refused',
    ],
    [
      'image-unreachable',
      'Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 10.255.255.53:53: no such host',
    ],
    [
      'image-unreachable',
      'Error response from daemon: Get "https://registry/": net/http: TLS handshake timeout',
    ],
    [
      'image-rate-limited',
      'Error response from daemon: toomanyrequests: You have reached your pull rate limit.',
    ],
    [
      'image-wrong-platform',
      'Error response from daemon: no matching manifest for linux/arm64/v8 in the manifest list entries',
    ],
    [
      'credential-helper',
      'error getting credentials - err: exec: "docker-credential-desktop": executable file not found in $PATH, out: ``',
    ],
    [
      'credential-helper',
      'error getting credentials - err: exit status 1, out: `User interaction is not allowed.`',
    ],
    ['disk-full', 'failed to register layer: write /a: no space left on device'],
  ] as const) {
    it(`${code}: ${stderr.slice(0, 60)}`, () => {
      const wanted = { image: 'registry.example.org/a:1', setting: 'nginxImage' };
      const problem = explainPullFailure('docker', wanted, stderr);
      assert.equal(problem.code, code);
      assert.ok(problem.next, 'it names a cure');
    });
  }

  it('names the setting, and the registry to log in to', () => {
    const wanted = { image: 'registry.example.org:5000/a:1', setting: 'nginxImage' };
    const unknown = explainPullFailure('docker', wanted, 'manifest unknown');
    assert.match(unknown.next ?? '', /chromaTls\.nginxImage/);
    const locked = explainPullFailure('podman', wanted, 'unauthorized: authentication required');
    assert.match(locked.next ?? '', /podman login registry\.example\.org:5000/);
  });

  it('names the credential helper that is missing, and the file that asks for it', () => {
    const stderr =
      'error getting credentials - err: exec: "docker-credential-own": executable file not found in $PATH, out: ``';
    const { why, next } = explainPullFailure('docker', { image: 'a', setting: 'image' }, stderr);
    assert.match(
      why ?? '',
      /docker-credential-own was not found, which Docker's config\.json names/,
    );
    assert.match(next ?? '', /remove credsStore from .*config\.json/);
  });
});
