import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { before, describe, it } from 'mocha';
import { serveParts } from '../../../scripts/parts/serve-parts.mjs';
import { runInGroup } from '../../../scripts/process-group.mjs';
import { skipBecause } from '../../harness/skip-reasons.ts';
import { until } from '../../harness/until.ts';

describe('a run of tests that is ended', () => {
  before(function () {
    if (process.platform === 'win32') skipBecause(this, 'Windows has no signals');
  });

  it('breaks off the test that runs, and has its hooks clean up', async () => {
    const parts = await serveParts(() => Promise.reject(new Error('nobody asks')));
    const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-ending-'));
    const [results, runs] = [join(folder, 'results.jsonl'), join(folder, 'runs')];
    const fixture = join(process.cwd(), 'dist', 'test', 'ending-fixture.js');
    const ended = runInGroup(process.execPath, [join('dist', 'test', 'main.js'), fixture], {
      env: {
        CHROMA_TLS_PARTS: parts.url,
        CHROMA_TLS_RESULTS: results,
        CHROMA_TLS_TIMEOUT: '60000',
        CHROMA_TLS_GREP: '',
        ENDING_FIXTURE_RUNS: runs,
      },
    });
    await until('the test runs', () => existsSync(runs));
    parts.close();
    const { stdout } = await ended;
    assert.deepEqual(stdout.split('\n'), ['before', ',SIGINT', 'finally', 'after each', 'after']);
    const lines = (await readFile(results, 'utf8')).trim().split('\n');
    const kinds = lines.map((line) => (JSON.parse(line) as { kind: string }).kind);
    assert.ok(!kinds.includes('test'), 'no failure is told of a test that was broken off');
    assert.equal(kinds.at(-1), 'end');
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`waits for what has begun, and exits with 130, after ${signal}`, async () => {
      const run = spawn(process.execPath, ['--input-type=module', '--eval', RUN]);
      const said = text(run.stdout);
      await once(run.stdout, 'data');
      run.kill(signal);
      // As npm and a terminal do: of one Ctrl+C there may be two.
      await once(run.stdout, 'data');
      run.kill(signal);
      const [code] = (await once(run, 'exit')) as [number];
      assert.match(await said, /cleaned up.*\nall of it/);
      assert.equal(code, 130);
    });
  }
});

const INTERRUPTION = pathToFileURL(join(process.cwd(), 'scripts', 'interruption.mjs')).href;
const RUN = `
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { complete, endOnSignals, interrupted } from ${JSON.stringify(INTERRUPTION)};
endOnSignals();
console.log('it runs');
const open = setInterval(() => undefined, 1000);
await complete(once(interrupted, 'abort').then(() => sleep(100)).then(() => console.log('all of it')));
`;
