import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  createProxyArgs,
  createServerArgs,
  mountArg,
  type ContainerPlan,
} from '../../../src/chroma/runtimes/docker-commands.ts';
import { describeImage } from '../../../src/chroma/version.ts';

function plan(image: string, certificatesFolder = '/home/a/certs'): ContainerPlan {
  return {
    workspaceId: '0123456789abcdef',
    workspace: '/home/a',
    image,
    nginxImage: 'nginx:1.29-alpine',
    traits: describeImage(image),
    bindAddress: '127.0.0.1',
    port: 8000,
    certificatesFolder,
  };
}

/** The values that follow one option. */
function valuesOf(args: readonly string[], option: string): string[] {
  return args.flatMap((arg, index) => (arg === option ? [args[index + 1] ?? ''] : []));
}

describe('docker command lines', () => {
  it('let 0.5.13 end TLS itself, by environment, its own command untouched', () => {
    const args = createServerArgs(plan('chromadb/chroma:0.5.13'));
    assert.deepEqual(valuesOf(args, '--publish'), ['127.0.0.1:8000:8000']);
    assert.ok(valuesOf(args, '--env').includes('UVICORN_SSL_KEYFILE=/chroma/certs/serverkey.pem'));
    assert.equal(args.at(-1), 'chromadb/chroma:0.5.13');
  });

  it('publish nothing but the TLS port for 1.5.9, whose plain port stays on loopback', () => {
    const args = createServerArgs(plan('chromadb/chroma:1.5.9'));
    assert.deepEqual(valuesOf(args, '--publish'), ['127.0.0.1:8000:8443']);
    assert.ok(valuesOf(args, '--env').includes('CHROMA_LISTEN_ADDRESS=127.0.0.1'));
    assert.ok(!args.some((arg) => arg.includes('serverkey')), 'the key is not for Chroma');
  });

  it("put nginx into the server's network namespace with no body limit", () => {
    const args = createProxyArgs(plan('chromadb/chroma:1.5.9'));
    assert.deepEqual(valuesOf(args, '--network'), ['container:chroma-tls-0123456789abcdef']);
    assert.deepEqual(valuesOf(args, '--publish'), []);
    assert.match(valuesOf(args, '--env').join('\n'), /client_max_body_size 0;/);
  });

  it('keep data at the path of the line', () => {
    const mounts = (image: string): string =>
      valuesOf(createServerArgs(plan(image)), '--mount').join(' ');
    assert.match(mounts('chromadb/chroma:0.5.13'), /target=\/chroma\/chroma(\s|$)/);
    assert.match(mounts('chromadb/chroma:1.5.9'), /target=\/data$/);
  });

  it('quote a mount as CSV, so a folder may be called anything', () => {
    assert.equal(
      mountArg({ type: 'bind', source: '/a,b "c" ü', target: '/certs', readonly: true }),
      'type=bind,"source=/a,b ""c"" ü",target=/certs,readonly',
    );
  });
});
