import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  explainEngineFailure,
  explainPullFailure,
  isPortTaken,
} from '../../../src/containers/engine-problems.ts';

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
      'docker-not-permitted',
      'Cannot connect to Podman. Error: unable to connect to Podman socket: Get "http://d/v4.3.1/libpod/_ping": dial unix /run/podman/podman.sock: connect: permission denied',
    ],
    [
      'docker-failed',
      'Error: unable to start container "7e49": /usr/bin/slirp4netns failed: "open(\\"/dev/net/tun\\"): Permission denied\\nchild failed(1)\\n"',
    ],
    ['docker-no-answer', '\ndocker gave no answer in 10000 ms'],
    [
      'docker-not-integrated',
      "The command 'docker' could not be found in this WSL 2 distro.\r\nWe recommend to activate the WSL integration in Docker Desktop settings.",
    ],
    [
      'already-starting',
      'Error response from daemon: Conflict. The container name "/chroma-tls-0" is already in use by container "ab".',
    ],
    [
      'already-starting',
      'Error: creating container storage: the container name "chroma-tls-0" is already in use by abe60f98. You have to remove that container to be able to reuse that name: that name is already in use',
    ],
    [
      'privileged-port',
      "Error: rootlessport cannot expose privileged port 443, you can add 'net.ipv4.ip_unprivileged_port_start=443' to /etc/sysctl.conf (currently 1024), or choose a larger port number (>= 1024): listen tcp 127.0.0.1:443: bind: permission denied",
    ],
    [
      'folder-not-shared',
      'Error response from daemon: invalid mount config for type "bind": bind source path does not exist: /workspaces/a/certs',
    ],
    [
      'folder-not-shared',
      'docker: Error response from daemon: Mounts denied: The path /opt/a is not shared from the host and is not known to Docker.',
    ],
    ['disk-full', 'Error response from daemon: write /var/lib: no space left on device'],
    ['docker-failed', 'Error response from daemon: something new'],
  ] as const) {
    it(`${code}: ${stderr.slice(0, 50)}`, () => {
      const problem = explainEngineFailure('docker', stderr, 'linux');
      assert.equal(problem.code, code);
      assert.ok(problem.next, 'it names a cure');
    });
  }

  it('speaks of Podman to those who have it', () => {
    const away = 'Cannot connect to Podman. Please verify your connection to the Linux system';
    assert.match(explainEngineFailure('podman', away, 'darwin').next ?? '', /podman machine start/);
    assert.match(explainEngineFailure('docker', away, 'darwin').next ?? '', /Docker Desktop/);
  });

  it("knows a taken port in each engine's words", () => {
    assert.ok(isPortTaken('Bind for 127.0.0.1:8000 failed: port is already allocated'));
    assert.ok(isPortTaken('listen tcp4 127.0.0.1:8000: bind: address already in use'));
    assert.ok(!isPortTaken('no such image'));
  });
});

describe('why an image could not be pulled', () => {
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

  it("names the helper that is missing, and where Docker's configuration names it", () => {
    const stderr =
      'error getting credentials - err: exec: "docker-credential-own": executable file not found in $PATH, out: ``';
    const { why, next } = explainPullFailure('docker', { image: 'a', setting: 'image' }, stderr);
    assert.match(why ?? '', /docker-credential-own, which credsStore/);
    assert.match(next ?? '', /take credsStore out of config\.json/);
  });
});
