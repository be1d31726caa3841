import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { explainUpFailure } from '../../../../../src/chroma/runtimes/compose/problems.ts';

const TAKEN = 'Bind for 127.0.0.1:8000 failed: port is already allocated';

describe('a Compose that could not start Chroma', () => {
  it('speaks of CHROMA_TLS_PORT only where the file asks for it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-compose-'));
    const path = join(folder, 'compose.yaml');
    const target = {
      compose: { program: 'docker', leading: ['compose'], version: '2.26.1' },
      path,
      services: ['chroma'],
      images: {},
      bindAddress: '127.0.0.1',
      port: 8000,
    };
    for (const [port, next] of [
      ['127.0.0.1:${CHROMA_TLS_PORT:-8000}:8443', /set CHROMA_TLS_PORT in \.env/],
      ['127.0.0.1:8000:8443', /publish another one in the Compose file/],
    ] as const) {
      await writeFile(path, `services: { chroma: { ports: ['${port}'] } }\n`);
      const { code, problem } = await explainUpFailure(target, TAKEN);
      assert.equal(code, 'port-taken');
      assert.match(problem.next ?? '', next);
    }
    await rm(folder, { recursive: true });
  });
});
