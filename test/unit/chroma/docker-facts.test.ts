import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readSecurity } from '../../../src/chroma/runtimes/docker-facts.ts';

describe('what an engine says of itself', () => {
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
