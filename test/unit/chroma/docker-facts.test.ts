import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { isElsewhere, readSecurity } from '../../../src/chroma/runtimes/docker-facts.ts';

describe('what an engine says of itself', () => {
  for (const [endpoint, elsewhere] of [
    ['', false],
    ['unix:///var/run/docker.sock', false],
    ['unix:///home/a/.docker/desktop/docker.sock', false],
    ['npipe:////./pipe/docker_engine', false],
    ['fd://', false],
    ['tcp://localhost:2375', false],
    ['tcp://127.0.0.1:2375', false],
    ['tcp://127.1.2.3', false],
    ['tcp://[::1]:2375', false],
    ['ssh://core@127.0.0.1:53543/run/podman/podman.sock', false],
    ['ssh://me@build-server', true],
    ['ssh://127.0.0.1@build-server', true],
    ['ssh://me@build-server:22/run/podman.sock', true],
    ['tcp://docker:2375', true],
    ['tcp://192.168.1.5:2376', true],
    ['tcp://[fe80::1]:2375', true],
    ['tcp://127.example.org:2375', true],
    ['https://host:2376', true],
  ] as const) {
    it(`${endpoint || 'no endpoint'} is ${elsewhere ? 'elsewhere' : 'here'}`, () => {
      assert.equal(isElsewhere(endpoint), elsewhere);
    });
  }

  it('is whether SELinux is on and whether root is remapped', () => {
    assert.deepEqual(readSecurity('["name=seccomp,profile=default","name=selinux"]'), {
      selinux: true,
      remapped: false,
    });
    assert.deepEqual(readSecurity('["name=apparmor","name=userns"]'), {
      selinux: false,
      remapped: true,
    });
    assert.deepEqual(readSecurity('["name=seccomp","name=rootless"]'), {
      selinux: false,
      remapped: false,
    });
    assert.equal(readSecurity('selinux=true').selinux, true);
    assert.equal(readSecurity('selinux=false').selinux, false);
  });
});
