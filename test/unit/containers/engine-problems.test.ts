import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { explainEngineFailure, isPortTaken } from '../../../src/containers/engine-problems.ts';

describe('the failures of an engine', () => {
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

  it('names Podman to users of Podman', () => {
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
