import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import {
  connectControl,
  type ControlConnection,
} from '../../../../src/chroma/supervisor/control-socket.ts';
import { readExitRecord } from '../../../../src/chroma/supervisor/exit-record.ts';
import { stopSupervisor } from '../../../../src/chroma/supervisor/supervisor-launch.ts';
import {
  REFUSALS,
  type SupervisorPlan,
} from '../../../../src/chroma/supervisor/supervisor-plan.ts';
import { skipBecause } from '../../../harness/skip-reasons.ts';
import { until } from '../../../harness/until.ts';

describe('a supervisor', () => {
  let folder = '';
  const started: ChildProcess[] = [];

  beforeEach(async function () {
    if (process.platform === 'win32') skipBecause(this, 'its program here is a shell of Unix');
    folder = await mkdtemp(join(tmpdir(), 'chroma-tls-supervisor-'));
  });
  afterEach(async () => {
    for (const child of started.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((ready) => child.once('exit', ready));
      child.kill();
      await ended;
    }
  });

  /** Runs a line of the shell under a supervisor of its own, as a server that ends TLS itself. */
  function supervise(line: string): ChildProcess {
    const plan: SupervisorPlan = {
      program: '/bin/sh',
      args: ['-c', line],
      folder,
      logFile: join(folder, 'server.log'),
      exitFile: join(folder, 'exit.json'),
      control: join(folder, 'local.sock'),
      certificatesFolder: folder,
      server: { runtime: 'local', image: 'sh', tls: 'uvicorn', bindAddress: '127.0.0.1', port: 1 },
      held: false,
    };
    const child = spawn(process.execPath, [resolve('dist/supervisor.js')], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    child.stdin.end(JSON.stringify(plan));
    started.push(child);
    return child;
  }

  async function connect(): Promise<ControlConnection> {
    const control = await until('its control socket', () =>
      connectControl(join(folder, 'local.sock')),
    );
    assert.ok(control);
    return control;
  }

  it('goes on with its server where the log cannot be written', async function () {
    if (process.platform !== 'linux') skipBecause(this, 'only Linux has a device that is full');
    await symlink('/dev/full', join(folder, 'server.log'));
    const said = join(folder, 'said');
    supervise(`while :; do echo hello; echo >> '${said}'; sleep 0.02; done`);
    (await connect()).close();
    const lines = async (): Promise<number> =>
      (await readFile(said, 'utf8').catch(() => '')).length;
    // The program goes on to print long after its first line was refused.
    const enough = (await lines()) + 20;
    await until('the program prints on', async () => {
      assert.equal(started[0]?.exitCode, null, 'the supervisor has ended');
      return (await lines()) >= enough;
    });
    const control = await connect();
    assert.equal(control.state.server.runtime, 'local');
    control.close();
  });

  for (const [what, garbage] of Object.entries({
    'no JSON': 'hello\n',
    'JSON that asks for nothing': 'null\n[]\n{"ask":7}\n',
    'a line without an end': 'x'.repeat(1_000_000),
    'bytes that are no text': Buffer.from([0xff, 0xfe, 0, 10]),
  })) {
    it(`cuts off who sends it ${what}, and serves everybody else`, async () => {
      const child = supervise('exec sleep 60');
      const control = await connect();
      const rude = createConnection(join(folder, 'local.sock'));
      await new Promise<void>((ready) => {
        rude
          .on('error', () => undefined)
          .once('close', () => {
            ready();
          });
        rude.resume().write(garbage);
      });
      const other = await connect();
      assert.deepEqual(other.state, control.state);
      other.close();
      const ended = new Promise((ready) => child.once('exit', ready));
      control.ask({ ask: 'stop' });
      assert.equal(await ended, 0);
    });
  }

  it('is named by a stop that cannot end it, where the system does not tell who it is', async () => {
    const child = supervise('exec sleep 60');
    (await connect()).close();
    const [path, file] = [join(folder, 'local.sock'), join(folder, 'exit.json')];
    const record = await readExitRecord(file);
    assert.ok(record);
    const { birth: _, ...nameless } = record.supervisor;
    await writeFile(file, JSON.stringify({ ...record, supervisor: nameless }));
    child.kill('SIGSTOP');
    try {
      await assert.rejects(stopSupervisor(path, file), {
        code: 'stop-timeout',
        message: new RegExp(`process ${child.pid}`),
      });
      assert.equal((await readExitRecord(file))?.supervisor.pid, child.pid);
    } finally {
      child.kill('SIGCONT');
    }
    await stopSupervisor(path, file);
    assert.equal(await readExitRecord(file), undefined);
  });

  it('says by its exit code that a plan makes no sense', async () => {
    for (const plan of ['', 'no plan', '{}', '{"program":"/bin/sh"}']) {
      assert.equal(await exitCodeOf(plan), REFUSALS.unreadablePlan);
    }
  });

  it('does not take the place of what it does not understand', async () => {
    const stranger = createServer((socket) => socket.on('error', () => undefined).end('hello\n'));
    await new Promise<void>((ready) => stranger.listen(join(folder, 'local.sock'), ready));
    const child = supervise('exec sleep 60');
    const code = await new Promise((ready) => child.once('exit', ready));
    assert.equal(code, REFUSALS.alreadyThere);
    await new Promise((ready) => stranger.close(ready));
  });

  function exitCodeOf(plan: string): Promise<unknown> {
    const child = spawn(process.execPath, [resolve('dist/supervisor.js')], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    child.stdin.on('error', () => undefined).end(plan);
    return new Promise((ready) => child.once('exit', ready));
  }
});
