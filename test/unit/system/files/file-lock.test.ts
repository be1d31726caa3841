import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { after, before, beforeEach, describe, it } from 'mocha';
import {
  readFileLock,
  takeFileLock,
  type LockHolder,
} from '../../../../src/system/files/file-lock.ts';
import { identifySelf } from '../../../../src/system/processes/process-identity.ts';
import { skipBecause } from '../../../harness/skip-reasons.ts';
import { deadPid, LockProcesses } from './lock-processes.ts';

const HOW = { doing: 'starting', explain: () => ({ code: 'busy', what: 'Busy.' }) };

describe('a lock between processes', () => {
  let processes: LockProcesses;
  let folder = '';
  let lock = '';

  before(async () => {
    processes = new LockProcesses(await mkdtemp(join(tmpdir(), 'chroma-tls-lock-code-')));
    await processes.prepare();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chroma-tls-lock-'));
    lock = join(folder, 'a.lock');
  });
  after(() => {
    processes.endAll();
  });

  /** A lock as another process leaves it, with nobody to keep it fresh. */
  async function leave(change: {
    readonly [Key in keyof LockHolder]?: LockHolder[Key] | undefined;
  }): Promise<string> {
    const holder = { ...(await identifySelf()), pid: process.ppid, doing: 'stopping', ...change };
    await mkdir(lock);
    await writeFile(join(lock, 'token'), JSON.stringify(holder));
    return join(lock, 'token');
  }

  it('waits for a process that lives, hears who it is, and takes its turn', async () => {
    const holder = await processes.hold(lock);
    const heard: LockHolder[] = [];
    const taken = takeFileLock(lock, {
      ...HOW,
      onWait: (seen) => {
        heard.push(seen);
        // The one that is waited for is only now told to go.
        holder.send('release');
      },
    });
    const release = await taken;
    assert.deepEqual(
      heard.map(({ pid, doing }) => [pid, doing]),
      [[holder.pid, 'starting']],
    );
    assert.equal((await readFileLock(lock))?.pid, process.pid);
    await release();
    assert.equal(await readFileLock(lock), undefined);
    assert.deepEqual(await readdir(folder), []);
  });

  it('is free as soon as its holder is killed', async () => {
    const holder = await processes.hold(lock);
    assert.equal((await readFileLock(lock))?.pid, holder.pid);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    assert.equal(await readFileLock(lock), undefined);
    await (
      await takeFileLock(lock, { ...HOW, patience: 0 })
    )();
  });

  it('lets one at a time in, also where many find a killed holder’s lock at once', async () => {
    const holder = await processes.hold(lock);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    assert.deepEqual(await processes.take(lock, 4), [0, 0, 0, 0]);
    assert.deepEqual(await readdir(folder), []);
  });

  it('does not wait for a later process that has the number of the one that is gone', async function () {
    const { birth } = await identifySelf();
    if (birth === undefined) skipBecause(this, 'this system does not say when a process began');
    await leave({ birth: `${birth}0` });
    await (
      await takeFileLock(lock, { ...HOW, patience: 0 })
    )();
  });

  it('is as good as none where its file is empty', async () => {
    await writeFile(await leave({}), '');
    assert.equal(await readFileLock(lock), undefined);
    await (
      await takeFileLock(lock, { ...HOW, patience: 0 })
    )();
  });

  it('is given back without that of another one, who took it over in the meantime', async () => {
    const release = await takeFileLock(lock, HOW);
    await rm(lock, { recursive: true });
    await leave({ birth: undefined });
    await release();
    assert.equal((await readFileLock(lock))?.pid, process.ppid);
  });

  it('says who is at work when its patience is over, and leaves that one’s lock alone', async () => {
    await leave({ birth: undefined, pid: process.ppid });
    await assert.rejects(takeFileLock(lock, { ...HOW, patience: -1 }), { code: 'busy' });
    assert.equal((await readFileLock(lock))?.pid, process.ppid);
  });

  it('is no longer waited for once that is called off', async () => {
    await leave({ birth: undefined });
    const controller = new AbortController();
    const onWait = (): void => {
      controller.abort();
    };
    await assert.rejects(takeFileLock(lock, { ...HOW, onWait, signal: controller.signal }), {
      name: 'AbortError',
    });
  });

  it('is taken over from a machine that cannot be asked, when it is not kept fresh', async () => {
    const file = await leave({ host: `not-${hostname()}`, birth: undefined });
    await utimes(file, new Date(0), new Date(0));
    assert.equal(await readFileLock(lock), undefined);
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      let release: (() => Promise<void>) | undefined;
      const taken = takeFileLock(lock, { ...HOW }).then((given) => (release = given));
      let polls = 0;
      while (!release) {
        await new Promise((resolve) => setImmediate(resolve));
        mock.timers.tick(100);
        polls += 1;
        if (polls === 20) assert.equal(release, undefined, 'it may still give a sign of life');
      }
      await (
        await taken
      )();
    } finally {
      mock.timers.reset();
    }
  });

  it('is kept fresh for as long as it is held', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    try {
      const release = await takeFileLock(lock, HOW);
      const [token = ''] = await readdir(lock);
      await utimes(join(lock, token), new Date(0), new Date(0));
      mock.timers.tick(5000);
      while ((await stat(join(lock, token))).mtimeMs === 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      await release();
    } finally {
      mock.timers.reset();
    }
  });

  it('clears what one who was killed had not yet put in place, and nobody else’s', async () => {
    await mkdir(join(folder, `a.lock.${deadPid()}.left`));
    await mkdir(join(folder, `a.lock.${process.ppid}.under-way`));
    const release = await takeFileLock(lock, HOW);
    await release();
    assert.deepEqual(await readdir(folder), [`a.lock.${process.ppid}.under-way`]);
  });
});
