import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { skipBecause } from '../../harness/skip-reasons.ts';

/** Kills the process that it is loaded into, at the moment in which a file would take its place. */
const KILL_AT_RENAME = `
const fs = require('node:fs/promises');
const { rename } = fs;
fs.rename = (from, to) => {
  if (to.endsWith(process.env.KILL_AT)) process.kill(process.pid, 'SIGKILL');
  return rename(from, to);
};
`;

describe('a run that was killed while it wrote', () => {
  let root = '';
  let workspace = '';

  beforeEach(async function () {
    if (process.platform === 'win32') skipBecause(this, 'Windows knows no SIGKILL');
    root = await mkdtemp(join(tmpdir(), 'chroma-tls-killed-'));
    workspace = join(root, 'shop');
    await mkdir(workspace);
    await writeFile(join(root, 'kill.cjs'), KILL_AT_RENAME);
  });

  function run(args: readonly string[], killedAt?: string): Promise<NodeJS.Signals | undefined> {
    const options = killedAt === undefined ? [] : ['--require', join(root, 'kill.cjs')];
    return new Promise((done) => {
      execFile(
        process.execPath,
        [...options, resolve('dist/cli.js'), ...args, '--runtime', 'external'],
        {
          cwd: workspace,
          env: { ...process.env, CHROMA_TLS_DATA_DIR: join(root, 'data'), KILL_AT: killedAt },
        },
        (error) => {
          done(error?.signal ?? undefined);
        },
      );
    });
  }

  async function leftovers(): Promise<readonly string[]> {
    const all = await readdir(root, { recursive: true });
    return all.filter((name) => name.endsWith('.tmp'));
  }

  it('leaves a copy of .env that the next run removes, whatever that one is for', async () => {
    const env = join(workspace, '.env');
    await writeFile(env, 'TOKEN=secret\nCHROMA_DOMAIN=a.test\n', { mode: 0o640 });
    assert.equal(await run(['generate', '--domain', 'b.test'], '.env'), 'SIGKILL');
    const [copy = '', ...others] = await leftovers();
    assert.deepEqual(others, []);
    assert.equal((await stat(join(root, copy))).mode & 0o777, 0o640);
    await run(['status']);
    assert.deepEqual(await leftovers(), []);
  });

  for (const [what, name] of [
    ['its note of the workspace', 'place'],
    ["the authority's key", 'authority.pem'],
  ] as const) {
    it(`leaves nothing of ${what} once another run has written there`, async () => {
      assert.equal(await run(['generate'], name), 'SIGKILL');
      assert.equal((await leftovers()).length, 1);
      await run(['generate']);
      assert.deepEqual(await leftovers(), []);
    });
  }
});
