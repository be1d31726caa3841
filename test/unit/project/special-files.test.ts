import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { constants, lstat, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, it } from 'mocha';
import { replaceFile } from '../../../src/system/files/replace-file.ts';
import { inspectCertificate } from '../../../src/certificates/inspect/inspect.ts';
import { explainInvalidName } from '../../../src/project/domain.ts';
import { findDomain, readDomain, writeDomain } from '../../../src/project/env-file.ts';
import { readSmallFile } from '../../../src/system/files/small-file.ts';
import { systemCode } from '../../../src/system/errors.ts';
import { skipBecause } from '../../harness/skip-reasons.ts';

const SERVED = 'API_KEY=not-a-real-secret\nCHROMA_DOMAIN=vec.test\n';

describe('what is not an ordinary file', () => {
  let folder: string;
  let pipe: string;
  beforeEach(async function () {
    if (process.platform === 'win32')
      skipBecause(this, 'Windows has no named pipes in its folders');
    folder = await mkdtemp(join(tmpdir(), 'chroma-tls-'));
    pipe = join(folder, '.env');
    execFileSync('mkfifo', [pipe]);
  });

  /** Serves a pipe as a secret manager does: each opening of it gets the whole text once. */
  async function serveWhile<T>(text: string, work: () => Promise<T>): Promise<T> {
    const done = new AbortController();
    const serving = (async () => {
      while (!done.signal.aborted) {
        const flags = constants.O_WRONLY | constants.O_NONBLOCK;
        const handle = await open(pipe, flags).catch((error: unknown) => {
          // Nobody reads it yet.
          if (systemCode(error) !== 'ENXIO') throw error;
        });
        if (handle) {
          try {
            await handle.write(text.slice(0, 10));
            await handle.write(text.slice(10));
          } catch (error) {
            // The reader of the time before had it all, and closed the pipe only now.
            if (systemCode(error) !== 'EPIPE') throw error;
          } finally {
            await handle.close();
          }
        }
        await pause(5);
      }
    })();
    try {
      return await work();
    } finally {
      done.abort();
      await serving;
    }
  }

  async function assertPipe(): Promise<void> {
    assert.ok((await lstat(pipe)).isFIFO());
  }

  it('is read to its end where a program serves an env file, by several at once', async () => {
    const read = await serveWhile(SERVED, () =>
      Promise.all([readDomain(pipe), findDomain(pipe), readDomain(pipe)]),
    );
    assert.deepEqual(read, ['vec.test', 'vec.test', 'vec.test']);
    assert.equal(await serveWhile(SERVED, () => readDomain(pipe)), 'vec.test', 'and again');
  });

  it('is given up where no program serves it', async () => {
    await assert.rejects(readDomain(pipe), {
      code: 'env-not-readable',
      message: /named pipe that gives nothing.*Start or unlock that program/,
    });
  });

  it('is given up where its content has no end', async () => {
    // As much at once as a pipe takes: a busy machine is to reach the limit of size before that of time.
    const endless = 'A'.repeat(64 * 1024);
    const writing = async (): Promise<void> => {
      const handle = await open(pipe, 'w');
      try {
        for (;;) await handle.write(endless);
      } catch (error) {
        assert.equal(systemCode(error), 'EPIPE');
      } finally {
        await handle.close();
      }
    };
    const written = writing();
    await assert.rejects(readDomain(pipe), {
      code: 'env-not-readable',
      message: /larger than 1 MB/,
    });
    await written;
  });

  it('is never written over', async () => {
    for (const work of [
      () => writeDomain(pipe, 'b.test'),
      () => serveWhile(SERVED, () => writeDomain(pipe, 'b.test')),
    ]) {
      await assert.rejects(work, {
        code: 'env-not-writable',
        message: /not an ordinary file.*secret manager.*Change the value in that program/,
      });
      await assertPipe();
    }
    await assert.rejects(replaceFile(pipe, 'x', 0o600), { code: 'not-a-file' });
    await assertPipe();
    const plain = join(folder, 'plain.env');
    await writeDomain(plain, 'b.test');
    assert.equal(await readFile(plain, 'utf8'), 'CHROMA_DOMAIN=b.test\n');
  });

  it('is neither a certificate nor a key, and blocks nothing', async () => {
    const certs = join(folder, 'certs');
    await mkdir(certs);
    for (const name of ['servercert.pem', 'serverkey.pem']) {
      const path = join(certs, name);
      execFileSync('mkfifo', [path]);
      await assert.rejects(readSmallFile(path), { code: 'not-a-file' });
    }
    const state = await inspectCertificate(certs, 'localhost');
    assert.ok(state.kind === 'broken');
    assert.match(state.problems[0]?.what ?? '', /not an ordinary file/);
    await rm(join(certs, 'serverkey.pem'));
    await writeFile(join(certs, 'serverkey.pem'), '');
    await assert.rejects(readSmallFile('/dev/zero'), { code: 'not-a-file' });
  });
});

describe('an ordinary file', () => {
  it('is read to its end, of whatever size, and where the system tells none', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'chroma-tls-')), 'file');
    for (const size of [0, 1, 65_535, 65_536, 65_537, 200_000]) {
      await writeFile(file, 'x'.repeat(size));
      assert.equal((await readSmallFile(file)).length, size);
    }
    if (process.platform !== 'linux') return;
    const told = '/proc/self/cmdline';
    assert.deepEqual(await readSmallFile(told), await readFile(told));
  });
});

describe('a name that is a variable', () => {
  it('is called one', () => {
    for (const text of [
      '${HOST:-localhost}',
      '$HOST',
      'chroma.${DOMAIN}',
      '$(hostname)',
      '%HOST%',
    ]) {
      assert.match(
        explainInvalidName(text) ?? '',
        /^It is a variable.*write the name itself/,
        text,
      );
    }
  });
});
