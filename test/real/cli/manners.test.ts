import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, delimiter, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'mocha';
import { skipBecause } from '../../harness/skip-reasons.ts';
import { until } from '../../harness/until.ts';
import { requirePart } from '../../parts.ts';
import { Workspace } from '../fixtures/cli.ts';
import { untilNoneRuns } from '../fixtures/processes.ts';

/** The built CLI as a child whose streams and signals the test has in its own hands. */
function begin(workspace: Workspace, args: readonly string[], stdout: 'pipe' | number = 'pipe') {
  const child = spawn(process.execPath, [resolve('dist/cli.js'), ...args], {
    cwd: workspace.folder,
    env: workspace.env,
    stdio: ['ignore', stdout, 'pipe'],
  });
  assert.ok(child.stderr);
  const { stderr } = child;
  return { child, stderr, said: text(stderr), ended: ending(child) };
}

/** Its exit code, and the signal that ended it. */
function ending(child: ChildProcess): Promise<readonly [number | null, string | null]> {
  return new Promise((done) => {
    child.once('close', (code, signal) => {
      done([code, signal]);
    });
  });
}

/** Where nothing runs, whichever engines this user may ask. */
const STATUS = ['status', '--json', '--runtime', 'local'] as const;

describe('the command line’s manners', () => {
  it('are kept where nobody reads what it says', async () => {
    const workspace = await Workspace.create();
    for (const args of [STATUS, ['generate'], ['logs'], ['--help']]) {
      const { child, said, ended } = begin(workspace, args);
      child.stdout?.destroy();
      assert.deepEqual(await ended, [0, null], args.join(' '));
      assert.doesNotMatch(await said, /EPIPE|\n +at /, args.join(' '));
    }
  });

  it('are kept where what it says finds no room', async function () {
    if (process.platform !== 'linux') skipBecause(this, 'only Linux has /dev/full');
    const workspace = await Workspace.create();
    const { said, ended } = begin(workspace, STATUS, openSync('/dev/full', 'w'));
    assert.deepEqual(await ended, [1, null]);
    assert.equal(await said, 'chroma-tls: The output could not be written. The disk is full.\n');
  });

  it('are to speak of the option that cannot be, and to do nothing', async () => {
    const workspace = await Workspace.create();
    const { code, stderr, stdout } = await workspace.run(['generate', '--folder', '../elsewhere']);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^--folder: \.\.\/elsewhere leads out of the workspace/);
    assert.doesNotMatch(stderr, /setting/);
  });

  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    it(`are to end by ${signal} what has nothing to clear up, though an engine hangs`, async function () {
      if (process.platform === 'win32') skipBecause(this, 'Windows has no such signals');
      const programs = await mkdtemp(join(tmpdir(), 'chroma-tls-hanging-'));
      const asked = join(programs, 'asked');
      const script = `#!/bin/sh\necho > '${asked}'\nexec sleep 600\n`;
      await writeFile(join(programs, 'docker'), script, { mode: 0o755 });
      const path = [programs, process.env['PATH']].join(delimiter);
      const workspace = await Workspace.create({ PATH: path });
      const { child, ended } = begin(workspace, ['status', '--runtime', 'docker']);
      await until('the engine is asked', () => existsSync(asked));
      child.kill(signal);
      assert.deepEqual(await ended, [null, signal]);
    });
  }

  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
    it(`are to clear up when ${signal} breaks off a start`, async function () {
      const { command } = requirePart(this, 'chroma 1.5.9');
      const path = [dirname(command), process.env['PATH']].join(delimiter);
      const workspace = await Workspace.create({ PATH: path });
      const args = ['start', '--runtime', 'local', '--port', String(workspace.port)];
      const { child, stderr, said, ended } = begin(workspace, args);
      stderr.on('data', (chunk: Buffer) => {
        if (String(chunk).includes('Starting Chroma')) child.kill(signal);
      });
      assert.deepEqual(await ended, [1, null]);
      assert.match(await said, /Cancelled; nothing was left half-way/);
      await untilNoneRuns(workspace);
    });
  }
});
