import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { findUnverified } from '../../../src/diagnosis/verification-off.ts';

const found = (text: string, path = 'app.py'): readonly number[] =>
  findUnverified([{ path, text }]).map(({ line }) => line);

describe('code that turns verification off', () => {
  for (const [path, text] of [
    ['app.py', 'import chromadb, httpx\nhttpx.get(url, verify=False)'],
    ['app.py', 'x = 1\nSettings(chroma_server_ssl_verify=False)'],
    ['app.py', 'import chromadb\nawait chromadb.AsyncHttpClient(host="h", ssl=True)'],
    ['app.py', 'import os\nos.environ["NODE_TLS_REJECT_UNAUTHORIZED"] = "0"'],
    ['app.mjs', "\nprocess.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'"],
    ['app.mjs', "import 'chromadb'\nnew Agent({ rejectUnauthorized: false })"],
    ['.env', 'A=1\nNODE_TLS_REJECT_UNAUTHORIZED=0'],
    ['.env', 'A=1\nCHROMA_SERVER_SSL_VERIFY=false'],
    ['docker-compose.yml', 'environment:\n  NODE_TLS_REJECT_UNAUTHORIZED: "0"'],
    ['.vscode/launch.json', '{\n"NODE_TLS_REJECT_UNAUTHORIZED": "0" }'],
    ['main.go', '// chroma\n&tls.Config{InsecureSkipVerify: true}'],
  ] as const) {
    it(`is found: ${text.split('\n')[1] ?? ''}`, () => {
      assert.deepEqual(found(text, path), [2]);
    });
  }

  for (const text of [
    'import httpx\nhttpx.get(url, verify=False)',
    'import chromadb\n# verify=False would be wrong',
    'import chromadb\nawait chromadb.AsyncHttpClient(host="h")',
    'await chromadb.AsyncHttpClient(ssl=True, settings=Settings(chroma_server_ssl_verify="ca.pem"))',
    'NODE_TLS_REJECT_UNAUTHORIZED=1',
  ]) {
    it(`is not seen in: ${text.split('\n').at(-1) ?? ''}`, () => {
      assert.deepEqual(found(text), []);
    });
  }

  it('reads the longest file of empty lines once, and not once for each line', () => {
    assert.deepEqual(found('\n'.repeat(256 * 1024), '.env'), []);
  });

  it('takes the setting of .env for the asynchronous client’s', () => {
    const files = [
      { path: 'app.py', text: 'chromadb.AsyncHttpClient(ssl=True)' },
      { path: '.env', text: 'CHROMA_SERVER_SSL_VERIFY=certs/ca.pem' },
    ];
    assert.deepEqual(findUnverified(files), []);
  });
});
