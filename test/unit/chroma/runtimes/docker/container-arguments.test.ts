import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  createProxyArgs,
  createServerArgs,
  type ContainerPlan,
} from '../../../../../src/chroma/runtimes/docker/container-arguments.ts';
import { chooseTermination } from '../../../../../src/chroma/termination.ts';
import { describeImage } from '../../../../../src/chroma/version.ts';
import type { Settings } from '../../../../../src/project/settings.ts';

const ENGINE = { kind: 'docker', selinux: false, remapped: false, logsToFiles: true } as const;

function plan(
  tag: string,
  setting: Settings['tlsTermination'] = 'auto',
  more: Partial<ContainerPlan> = {},
): ContainerPlan {
  const image = `chromadb/chroma:${tag}`;
  const capabilities = describeImage(image);
  return {
    workspaceId: '0123456789abcdef',
    workspace: '/home/a',
    image,
    capabilities,
    tls: chooseTermination(setting, capabilities, 'container', false),
    bindAddress: '127.0.0.1',
    port: 8000,
    certificatesFolder: '/home/a/certs',
    keyEncrypted: false,
    token: undefined,
    corsOrigins: [],
    engine: ENGINE,
    ...more,
  };
}

function server(of: ContainerPlan): readonly string[] {
  return createServerArgs(of, of.image, 'volume');
}

function proxy(of: ContainerPlan): readonly string[] {
  const command = { env: { CONF: 'client_max_body_size 0;' }, script: 'exec nginx' };
  return createProxyArgs(of, command, 'nginx:1.29-alpine', 'abc');
}

/** The values that follow one option. */
function valuesOf(args: readonly string[], option: string): string[] {
  return args.flatMap((arg, index) => (arg === option ? [args[index + 1] ?? ''] : []));
}

describe('docker command lines', () => {
  it('let 0.5.13 end TLS itself by its environment, its own command untouched', () => {
    const args = server(plan('0.5.13'));
    assert.deepEqual(valuesOf(args, '--publish'), ['127.0.0.1:8000:8000']);
    assert.ok(valuesOf(args, '--env').includes('UVICORN_SSL_KEYFILE=/chroma/certs/serverkey.pem'));
    assert.equal(args.at(-1), 'chromadb/chroma:0.5.13');
  });

  it('say the whole command of 0.4.22, whose image has no entry point', () => {
    const args = server(plan('0.4.22'));
    const command = args.slice(args.indexOf('chromadb/chroma:0.4.22') + 1);
    assert.deepEqual(command.slice(0, 2), ['uvicorn', 'chromadb.app:app']);
    assert.deepEqual(valuesOf(command, '--host'), ['0.0.0.0']);
    assert.ok(
      valuesOf(args, '--env').includes('UVICORN_SSL_CERTFILE=/chroma/certs/servercert.pem'),
    );
    const behind = server(plan('0.4.22', 'nginx'));
    assert.deepEqual(valuesOf(behind, '--host'), ['127.0.0.1']);
  });

  it('publish nothing but the TLS port for 1.5.9, whose plain port stays on loopback', () => {
    for (const setting of ['nginx', 'envoy'] as const) {
      const args = server(plan('1.5.9', setting));
      assert.deepEqual(valuesOf(args, '--publish'), ['127.0.0.1:8000:8443']);
      assert.ok(valuesOf(args, '--env').includes('CHROMA_LISTEN_ADDRESS=127.0.0.1'));
      assert.ok(!args.some((arg) => arg.includes('certs')), 'the key is not for Chroma');
    }
  });

  it('keep a plain 0.x behind a proxy, without a key of its own', () => {
    const args = server(plan('0.6.3', 'envoy'));
    assert.ok(valuesOf(args, '--env').includes('CHROMA_HOST_ADDR=127.0.0.1'));
    assert.ok(!args.some((arg) => arg.includes('SSL') || arg.includes('certs')));
  });

  it('let the engine pick a loopback port for the embedded proxy, whatever the bind address', () => {
    const args = server(plan('1.5.9', 'embedded', { bindAddress: '0.0.0.0', port: 443 }));
    assert.deepEqual(valuesOf(args, '--publish'), ['127.0.0.1::8000']);
    assert.ok(valuesOf(args, '--env').includes('CHROMA_LISTEN_ADDRESS=0.0.0.0'));
  });

  it('set the port of 1.x, because Kubernetes may have set it to an address', () => {
    assert.ok(valuesOf(server(plan('1.5.9')), '--env').includes('CHROMA_PORT=8000'));
  });

  it("put a proxy into the server's network namespace, as root, and publish nothing of it", () => {
    const args = proxy(plan('1.5.9'));
    assert.deepEqual(valuesOf(args, '--network'), ['container:abc']);
    assert.deepEqual(valuesOf(args, '--publish'), []);
    assert.deepEqual(valuesOf(args, '--user'), ['0']);
    assert.match(valuesOf(args, '--env').join('\n'), /client_max_body_size 0;/);
    assert.deepEqual(args.slice(-2), ['-c', 'exec nginx']);
  });

  it('keep root unmapped where the engine maps it, so that it can read the key', () => {
    const remapped = { engine: { ...ENGINE, remapped: true } };
    for (const args of [
      server(plan('1.5.9', 'auto', remapped)),
      proxy(plan('1.5.9', 'auto', remapped)),
    ]) {
      assert.deepEqual(valuesOf(args, '--userns'), ['host']);
    }
    assert.deepEqual(valuesOf(server(plan('1.5.9')), '--userns'), []);
  });

  it('name the variable of a passphrase to what ends TLS, and never its value', () => {
    const closed = { keyEncrypted: true };
    const named = (args: readonly string[]): readonly string[] =>
      valuesOf(args, '--env').filter((variable) => !variable.includes('='));
    assert.deepEqual(named(server(plan('0.5.13', 'auto', closed))), [
      'UVICORN_SSL_KEYFILE_PASSWORD',
    ]);
    assert.deepEqual(named(proxy(plan('1.5.9', 'auto', closed))), ['CHROMA_TLS_KEY_PASSPHRASE']);
    assert.deepEqual(named(server(plan('1.5.9', 'auto', closed))), []);
    assert.deepEqual(
      [server, proxy].flatMap((make) => named(make(plan('0.5.13')))),
      [],
    );
  });

  it('keep data at the path of the generation', () => {
    const mounts = (tag: string): string => valuesOf(server(plan(tag)), '--mount').join(' ');
    assert.match(mounts('0.5.13'), /source=volume,target=\/chroma\/chroma(\s|$)/);
    assert.match(mounts('1.5.9'), /source=volume,target=\/data$/);
  });

  it('label a container with its generation, which its image need not say', () => {
    const capabilities = describeImage('me/chroma:prod', 'python');
    const labels = valuesOf(
      server(plan('prod', 'auto', { capabilities, tls: 'uvicorn' })),
      '--label',
    );
    assert.ok(labels.includes('chroma-tls.line=python'));
  });

  it('publish an IPv6 address in brackets', () => {
    const args = server(plan('1.5.9', 'auto', { bindAddress: '::1' }));
    assert.deepEqual(valuesOf(args, '--publish'), ['[::1]:8000:8443']);
  });

  it('keep the logs of both small where they are files, and leave other drivers alone', () => {
    const elsewhere = { engine: { ...ENGINE, logsToFiles: false } };
    for (const args of [server(plan('1.5.9')), proxy(plan('1.5.9'))]) {
      assert.deepEqual(valuesOf(args, '--log-opt'), ['max-size=10m', 'max-file=3']);
    }
    for (const make of [server, proxy]) {
      assert.ok(!make(plan('1.5.9', 'auto', elsewhere)).includes('--log-opt'));
    }
  });
});
