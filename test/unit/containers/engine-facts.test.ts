import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { isFileDriver, readSecurity } from '../../../src/containers/engine-facts.ts';

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

  it('is whether its logs are files that have to be kept small', () => {
    for (const driver of ['json-file\n', 'local', 'k8s-file']) assert.ok(isFileDriver(driver));
    for (const driver of ['journald', 'syslog', 'none', '']) assert.ok(!isFileDriver(driver));
  });
});
