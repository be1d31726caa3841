import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { bindMountArgs } from '../../../src/containers/mounts.ts';

const DOCKER = { kind: 'docker', selinux: false } as const;
const PODMAN = { kind: 'podman', selinux: false } as const;

describe('how a folder is mounted in a container', () => {
  it('is CSV for Docker, so a folder may have any name', () => {
    assert.deepEqual(bindMountArgs('/a,b:c "d" ü', '/certs', DOCKER), [
      '--mount',
      'type=bind,"source=/a,b:c ""d"" ü",target=/certs,readonly',
    ]);
  });

  it('is a volume for Podman, which splits CSV at every comma', () => {
    assert.deepEqual(bindMountArgs('/a,b "c"', '/certs', PODMAN), [
      '--volume',
      '/a,b "c":/certs:ro',
    ]);
    assert.deepEqual(bindMountArgs('C:\\a', '/certs', PODMAN), [
      '--mount',
      'type=bind,source=C:\\a,target=/certs,ro=true',
    ]);
  });

  it('carries the label that containers share where SELinux is on', () => {
    for (const engine of [DOCKER, PODMAN]) {
      assert.deepEqual(bindMountArgs('/a', '/certs', { ...engine, selinux: true }), [
        '--volume',
        '/a:/certs:ro,z',
      ]);
    }
    assert.deepEqual(bindMountArgs('/a:b', '/certs', { ...PODMAN, selinux: true }), [
      '--mount',
      'type=bind,source=/a:b,target=/certs,ro=true,relabel=shared',
    ]);
  });

  it('is refused with a reason where no form can hold the name', () => {
    assert.throws(
      () => bindMountArgs('/a:b', '/certs', { ...DOCKER, selinux: true }),
      /\/a:b cannot be shown to a container/,
    );
    assert.throws(() => bindMountArgs('/a:b,c', '/certs', PODMAN), /cannot be shown/);
  });
});
