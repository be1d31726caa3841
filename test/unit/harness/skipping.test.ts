import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, it } from 'mocha';
import { serveParts } from '../../../scripts/parts/serve-parts.mjs';
import type { ResultLine } from '../../harness/run-mocha.ts';

describe('a test whose part is missing', () => {
  it('is skipped with its group and all hooks, and nothing else is asked for or skipped', async () => {
    const asked: string[] = [];
    const parts = await serveParts((name) => {
      asked.push(name);
      return Promise.resolve({ available: false, reason: 'it is not here' });
    });
    const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-skipping-'));
    const resultsFile = join(folder, 'results.jsonl');
    await promisify(execFile)(
      process.execPath,
      [join('dist', 'test', 'main.js'), join(process.cwd(), 'dist', 'test', 'skipping-fixture.js')],
      {
        env: {
          ...process.env,
          CI: '',
          CHROMA_TLS_PARTS: parts.url,
          CHROMA_TLS_RESULTS: resultsFile,
          CHROMA_TLS_TIMEOUT: '60000',
          CHROMA_TLS_GREP: '',
        },
      },
    );
    parts.close();
    const lines = (await readFile(resultsFile, 'utf8')).trim().split('\n');
    const results = lines.flatMap((line) => {
      const result = JSON.parse(line) as ResultLine;
      return result.kind === 'test' ? [`${result.path.join(' › ')}: ${says(result)}`] : [];
    });
    assert.deepEqual(results, [
      'a group whose part is missing › is skipped: skipped, needs docker: it is not here',
      'a group whose part is missing › and one inside it › is skipped too: skipped, needs docker: it is not here',
      'a test whose part is missing › is skipped: skipped, it says so',
      'a test whose part is missing › leaves the next its hook, and all the time there is: passed',
      'what was prepared for a skipped test › is put away: skipped, it says so',
      'a hook that skips each test › has nothing put away: skipped, it says so',
    ]);
    assert.deepEqual(asked, ['docker']);
  });
});

function says({ state, why }: Extract<ResultLine, { kind: 'test' }>): string {
  return why === undefined ? state : `${state}, ${why}`;
}
