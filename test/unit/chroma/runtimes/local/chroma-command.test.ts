import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { serveCommand } from '../../../../../src/chroma/runtimes/local/chroma-command.ts';
import { CIPHER_LIST } from '../../../../../src/proxy/cipher-suites.ts';
import { leaveOut } from '../../../../../src/chroma/supervisor/supervised-program.ts';

const PLAIN = { address: '127.0.0.1', port: 4321 };

describe('the command that serves Chroma without a container', () => {
  it('is chroma run since 1.0, on a plain port of this machine', () => {
    const { program, args } = serveCommand(
      {
        version: '1.5.9',
        generation: 'rust',
        chroma: '/venv/bin/chroma',
        python: '/venv/bin/python',
      },
      '/data',
      PLAIN,
    );
    assert.equal(program, '/venv/bin/chroma');
    assert.deepEqual(args, [
      ...['run', '--path', '/data', '--host', '127.0.0.1', '--port', '4321'],
    ]);
  });

  it('is the native module of a private one, loaded by a constant program of ours', () => {
    const listening = ['run', '--path', '/data', '--host', '127.0.0.1', '--port', '4321'];
    const file = '/data/python/chroma/chromadb_rust_bindings/__init__.py';
    const serve = (loader: 'python' | 'node') =>
      serveCommand(
        {
          version: '1.5.9',
          generation: 'rust',
          module: { loader, program: `/bin/${loader}`, file },
        },
        '/data',
        PLAIN,
      );
    const python = serve('python');
    assert.deepEqual(
      [python.program, ...python.args.slice(0, 3)],
      ['/bin/python', '-I', '-B', '-c'],
    );
    assert.deepEqual(python.args.slice(4), ['/data/python/chroma', ...listening]);
    const node = serve('node');
    assert.deepEqual([node.program, node.args[0]], ['/bin/node', '-e']);
    assert.deepEqual(node.args.slice(2), ['--', file, ...listening]);
    assert.deepEqual(
      leaveOut({ NODE_OPTIONS: '-r /x', CHROMA_PORT: '1' }, node.withoutEnv ?? []),
      {},
    );
  });

  it('is uvicorn before that, which ends TLS itself where it is told to', () => {
    const installation = {
      version: '0.5.13',
      generation: 'python',
      python: '/venv/bin/python',
    } as const;
    const certificate = { certificate: '/w/certs/servercert.pem', key: '/w/certs/serverkey.pem' };
    const plain = serveCommand(installation, '/data', PLAIN);
    const tls = serveCommand(installation, '/data', {
      address: '::1',
      port: 8000,
      certificate,
    });
    assert.equal(plain.program, '/venv/bin/python');
    assert.deepEqual(plain.args, [
      ...['-m', 'uvicorn', 'chromadb.app:app', '--workers', '1'],
      ...['--host', '127.0.0.1', '--port', '4321'],
      ...['--proxy-headers', '--timeout-keep-alive', '30'],
    ]);
    assert.deepEqual(tls.args.slice(5, 9), ['--host', '::1', '--port', '8000']);
    assert.deepEqual(tls.args.slice(-6), [
      ...['--ssl-keyfile', certificate.key, '--ssl-certfile', certificate.certificate],
      ...['--ssl-ciphers', CIPHER_LIST],
    ]);
    assert.deepEqual(tls.env, {
      IS_PERSISTENT: 'TRUE',
      PERSIST_DIRECTORY: '/data',
      ANONYMIZED_TELEMETRY: 'FALSE',
    });
  });

  it('hands a passphrase to uvicorn in its environment only, and to nothing else', () => {
    const installation = { version: '0.5.13', generation: 'python', python: '/p' } as const;
    const certificate = { certificate: '/c', key: '/k' };
    const listening = { ...PLAIN, certificate, keyPassphrase: 'open sesame' };
    const { args, env = {}, withoutEnv = [] } = serveCommand(installation, '/data', listening);
    assert.equal(env['UVICORN_SSL_KEYFILE_PASSWORD'], 'open sesame');
    assert.ok(!args.join(' ').includes('open sesame'));
    assert.deepEqual(leaveOut({ CHROMA_TLS_KEY_PASSPHRASE: 'open sesame' }, withoutEnv), {});
  });

  it('ignores variables of the environment that would contradict it', () => {
    const environment = {
      PATH: '/bin',
      CHROMA_PORT: 'tcp://10.0.0.1:80',
      UVICORN_SSL_KEYFILE: '/k',
    };
    const rust = serveCommand({ version: '1.5.9', generation: 'rust', chroma: '/c' }, '/d', PLAIN);
    const python = serveCommand(
      { version: '0.5.13', generation: 'python', python: '/p' },
      '/d',
      PLAIN,
    );
    assert.deepEqual(Object.keys(leaveOut(environment, rust.withoutEnv ?? [])), [
      'PATH',
      'UVICORN_SSL_KEYFILE',
    ]);
    assert.deepEqual(Object.keys(leaveOut(environment, python.withoutEnv ?? [])), [
      'PATH',
      'CHROMA_PORT',
    ]);
  });
});
