import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Connection } from '../../../src/clients/connection.ts';
import { refuseMcp, renderMcpServer } from '../../../src/clients/mcp-server.ts';

const CONNECTION: Connection = {
  host: 'localhost',
  port: 8000,
  generation: 'rust',
  version: '1.5.9',
  ca: "/home/me/it's mine/certs/ca.pem",
};
const UVX = { kind: 'uvx', command: '/usr/bin/uvx' } as const;

describe('the MCP server for an editor', () => {
  it('has the address as options, and the authority in the environment', () => {
    const { command, args, env, cwd } = renderMcpServer(CONNECTION, UVX, '/home/me', undefined);
    assert.equal(command, UVX.command);
    assert.deepEqual(args.slice(0, 2), ['--directory', '/home/me']);
    assert.ok(args.includes('chromadb==1.5.9'));
    assert.equal(
      args.slice(args.indexOf('chroma-mcp')).join(' '),
      'chroma-mcp --client-type http --host localhost --port 8000 --ssl true',
    );
    assert.equal(env['CHROMA_SERVER_SSL_VERIFY'], CONNECTION.ca);
    assert.equal(env['CHROMA_CLIENT_AUTH_CREDENTIALS'], undefined);
    assert.equal(cwd, undefined);
  });

  it('runs an installed one outside of the workspace', () => {
    const installed = { kind: 'chroma-mcp', command: '/usr/bin/chroma-mcp' } as const;
    const { args, cwd } = renderMcpServer(CONNECTION, installed, '/home/me', undefined);
    assert.equal(args[0], '--client-type');
    assert.equal(cwd, '/home/me');
  });

  it('sends the token as a bearer token, and never as an option', () => {
    const { args, env } = renderMcpServer(CONNECTION, UVX, '/home/me', 'secret');
    assert.equal(env['CHROMA_CLIENT_AUTH_CREDENTIALS'], 'secret');
    assert.equal(env['CHROMA_AUTH_TOKEN_TRANSPORT_HEADER'], 'Authorization');
    assert.doesNotMatch(args.join(' '), /secret/);
  });

  it('takes a client that fits the server, and refuses one of 0.x', () => {
    const { version: _, ...unknown } = CONNECTION;
    for (const connection of [unknown, { ...CONNECTION, version: '1.0.15' }]) {
      const { args } = renderMcpServer(connection, UVX, '/home/me', undefined);
      assert.ok(args.includes('chromadb<2'));
    }
    assert.equal(refuseMcp(CONNECTION), undefined);
    assert.match(refuseMcp({ ...CONNECTION, generation: 'python' }) ?? '', /Chroma 1\.x/);
  });
});
