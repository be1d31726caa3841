import assert from 'node:assert/strict';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import {
  explainElsewhere,
  findConnection,
  isElsewhere,
  readEndpoint,
} from '../../../src/containers/engine-endpoint.ts';
import { Engine } from '../../../src/containers/engine.ts';
import { skipBecause } from '../../harness/skip-reasons.ts';

describe('the endpoint of an engine', () => {
  for (const [address, elsewhere] of [
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
    ['ssh://me@127.0.0.1@build-server', true],
    ['SSH://me@build-server', true],
    ['ssh://me@build-server:22/run/podman.sock', true],
    ['tcp://docker:2375', true],
    ['tcp://192.168.1.5:2376', true],
    ['tcp://[fe80::1]:2375', true],
    ['tcp://127.example.org:2375', true],
    ['https://host:2376', true],
  ] as const) {
    it(`${address || 'none'} is ${elsewhere ? 'elsewhere' : 'here'}`, () => {
      assert.equal(isElsewhere({ address }), elsewhere);
    });
  }
});

/** As Podman 4.3 prints it. */
const CONNECTIONS = JSON.stringify([
  { Name: 'far', URI: 'ssh://me@build-server:22/run/podman.sock', Identity: '', Default: true },
  { Name: 'near', URI: 'ssh://core@127.0.0.1:53543/run/podman.sock', Identity: '', Default: false },
]);

describe("the address of Podman's connections", () => {
  it('is that of the named one, or of the default one', () => {
    assert.ok(isElsewhere(findConnection(CONNECTIONS)));
    assert.ok(isElsewhere(findConnection(CONNECTIONS, 'far')));
    assert.ok(!isElsewhere(findConnection(CONNECTIONS, 'near')));
    assert.equal(findConnection(CONNECTIONS, 'unknown').address, '');
    assert.equal(findConnection('[]').address, '');
  });

  it('is told with the connection, and with how to choose another', () => {
    const { what, next } = explainElsewhere('podman', findConnection(CONNECTIONS, 'far'));
    assert.match(what, /ssh:\/\/me@build-server:22/);
    assert.match(next ?? '', /Unset CONTAINER_CONNECTION, which names far/);
    const byDefault = explainElsewhere('podman', findConnection(CONNECTIONS));
    assert.match(byDefault.next ?? '', /another connection than far the default/);
  });

  describe('asked of the client', () => {
    afterEach(() => {
      delete process.env['CONTAINER_CONNECTION'];
    });

    /** A client that has these connections, and says this of whether it is a remote one. */
    async function podman(context: Mocha.Context, isRemote: string): Promise<Engine> {
      if (process.platform === 'win32') {
        skipBecause(context, 'Windows runs no script by its first line');
      }
      const file = join(await mkdtemp(join(tmpdir(), 'chroma-tls-podman-')), 'podman');
      const script = `#!/bin/sh
case "$1" in
--version) echo podman version 4.3.1 ;;
system) echo '${CONNECTIONS}' ;;
info) ${isRemote} ;;
esac
`;
      await writeFile(file, script);
      await chmod(file, 0o755);
      return new Engine(file);
    }

    for (const [title, isRemote, address] of [
      ['counts where the client is a remote one', 'echo true', /build-server/],
      ['counts where the client does not reach it', 'exit 125', /build-server/],
      ['does not count where Podman works by itself', 'echo false', /^$/],
    ] as const) {
      it(`the default ${title}`, async function () {
        const engine = await podman(this, isRemote);
        assert.match((await readEndpoint(engine)).address, address);
      });
    }

    it('CONTAINER_CONNECTION makes any client a remote one', async function () {
      const engine = await podman(this, 'echo false');
      process.env['CONTAINER_CONNECTION'] = 'far';
      assert.match((await readEndpoint(engine)).address, /build-server/);
      process.env['CONTAINER_CONNECTION'] = 'near';
      assert.match((await readEndpoint(engine)).address, /127\.0\.0\.1/);
    });
  });
});
