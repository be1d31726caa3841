import assert from 'node:assert/strict';
import {
  appendFile,
  mkdtemp,
  readFile,
  rename,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { BoundedLog, formerPart } from '../../../../src/system/files/bounded-log.ts';
import { followLines, readLastLines } from '../../../../src/system/files/log-file.ts';
import type { Disposable } from '../../../../src/system/events.ts';
import { skipBecause } from '../../../harness/skip-reasons.ts';

/** Bytes: more than a file may have that is read whole. */
const HUGE = 3 * 1024 ** 3;

describe('the log of a local server', () => {
  let file = '';
  const logs: BoundedLog[] = [];
  beforeEach(async () => {
    file = join(await mkdtemp(join(tmpdir(), 'chroma-tls-log-')), 'server.log');
  });
  afterEach(async () => {
    const closed = logs.splice(0).map((log) => new Promise<void>((done) => log.end(done)));
    await Promise.all(closed);
  });

  function openLog(mostBytes?: number): BoundedLog {
    const log = new BoundedLog(file, mostBytes);
    logs.push(log);
    return log;
  }

  /** A file that takes no room, however large, with text at its end. */
  async function makeHuge(text: string): Promise<void> {
    await writeFile(file, '');
    await truncate(file, HUGE);
    await appendFile(file, text);
  }

  it('is read at its end, however large it is', async () => {
    await makeHuge('\nfirst\nsecond\nthird\n');
    assert.deepEqual(await readLastLines(file, 2), ['second', 'third']);
  });

  it('is followed from its end on, and only what is new is read', async function () {
    if (process.platform !== 'linux') skipBecause(this, 'only Linux counts what a process reads');
    await makeHuge('\nfirst\n');
    const heard = listen(file);
    await heard.until('first');
    const before = await bytesRead();
    for (let turn = 0; turn < 20; turn += 1) {
      await appendFile(file, `line ${turn}\n`);
      await heard.until(`line ${turn}`);
    }
    const read = (await bytesRead()) - before;
    heard.dispose();
    assert.ok(read < 200_000, `${read} bytes were read for 20 short lines`);
  });

  it('is followed into its next file, each line once, and from a new beginning', async () => {
    const log = openLog(64);
    const heard = listen(file);
    const said = Array.from({ length: 20 }, (_, turn) => `line number ${turn}`);
    for (const line of said) {
      await write(log, `${line}\n`);
      await heard.until(line);
    }
    assert.deepEqual(heard.lines, said);
    await write(openLog(), 'new\n');
    await heard.until('new');
    heard.dispose();
  });

  it('hands over a line that never ends in parts, and no character in two', async () => {
    await writeFile(file, 'start\n');
    const heard = listen(file);
    await heard.until('start');
    // Two bytes each, from an odd place on: what is read at once ends within one.
    await appendFile(file, `x${'ü'.repeat(200_000)}`);
    await appendFile(file, '\nend\n');
    await heard.until('end');
    heard.dispose();
    const text = heard.lines.slice(1, -1).join('');
    assert.ok(heard.lines.length > 3);
    assert.ok(text === `x${'ü'.repeat(200_000)}`, `${text.length} characters came`);
  });

  it('takes a bounded place on the disk, and keeps the last lines', async () => {
    const log = openLog(1000);
    for (let turn = 0; turn < 500; turn += 1) await write(log, `line ${turn}\n`);
    const sizes = [(await stat(file)).size, (await stat(formerPart(file))).size];
    assert.ok(
      sizes.every((size) => size <= 1000),
      sizes.join(),
    );
    assert.deepEqual((await readLastLines(file, 60)).at(-1), 'line 499');
    assert.equal((await readLastLines(file, 60)).length, 60, 'the former part has the others');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('does without what cannot be written, and says so once it can be', async function () {
    if (process.platform !== 'linux') skipBecause(this, 'only Linux has a device that is full');
    await symlink('/dev/full', file);
    const log = openLog();
    await write(log, 'lost\n');
    await write(log, 'lost too\n');
    const room = join(file, '..', 'room');
    await writeFile(room, '');
    // From here on there is room.
    await replaceLink(file, room);
    await write(log, 'kept\n');
    assert.match(await readFile(room, 'utf8'), /ENOSPC.*\nkept\n$/);
  });
});

async function replaceLink(link: string, target: string): Promise<void> {
  await symlink(target, `${link}.new`);
  await rename(`${link}.new`, link);
}

function write(log: BoundedLog, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    log.write(text, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

interface Heard extends Disposable {
  readonly lines: readonly string[];
  /** Waits for a line. */
  until(line: string): Promise<void>;
}

function listen(file: string): Heard {
  const lines: string[] = [];
  let check: () => void = () => undefined;
  const stream = followLines(file, (line) => {
    lines.push(line);
    check();
  });
  return {
    lines,
    until: (line) =>
      new Promise((resolve) => {
        check = () => {
          if (lines.includes(line)) resolve();
        };
        check();
      }),
    dispose: () => {
      stream.dispose();
    },
  };
}

/** Bytes that this process has read so far, of whatever. */
async function bytesRead(): Promise<number> {
  return Number(/^rchar: (\d+)$/m.exec(await readFile('/proc/self/io', 'utf8'))?.[1]);
}
