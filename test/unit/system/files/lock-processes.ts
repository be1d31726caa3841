import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type * as Esbuild from 'esbuild';

/** Takes the lock, says so, and gives it back when told to. */
const HOLDER = `
const { takeFileLock } = require('./file-lock.cjs');
const explain = () => ({ code: 'busy', what: 'Busy.' });
takeFileLock(process.argv[2], { doing: process.argv[3], explain }).then((release) => {
  process.send('held');
  process.once('message', () => void release().then(() => process.disconnect()));
});
`;

/** Takes the lock a few times once it is told to, and fails where it is not alone inside. */
const TAKER = `
const { rmdir, mkdir } = require('node:fs/promises');
const { takeFileLock } = require('./file-lock.cjs');
const explain = () => ({ code: 'busy', what: 'Busy.' });
process.once('message', async () => {
  for (let turn = 0; turn < 2; turn += 1) {
    const release = await takeFileLock(process.argv[2], { doing: 'starting', explain });
    await mkdir(process.argv[2] + '-inside');
    await new Promise((resolve) => setTimeout(resolve, 40));
    await rmdir(process.argv[2] + '-inside');
    await release();
  }
  process.disconnect();
});
process.send('ready');
`;

/** Real processes that take a lock. */
export class LockProcesses {
  readonly #folder: string;
  readonly #started = new Set<ChildProcess>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async prepare(): Promise<void> {
    const { build } = createRequire(resolve('package.json'))('esbuild') as typeof Esbuild;
    await build({
      entryPoints: ['src/system/files/file-lock.ts'],
      outfile: join(this.#folder, 'file-lock.cjs'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    });
    await writeFile(join(this.#folder, 'holder.cjs'), HOLDER);
    await writeFile(join(this.#folder, 'taker.cjs'), TAKER);
  }

  /** One that holds the lock by the time this resolves. */
  async hold(lock: string, doing = 'starting'): Promise<ChildProcess> {
    const child = this.#run('holder.cjs', lock, doing);
    await once(child, 'message');
    return child;
  }

  /** The exit codes of some that take the lock again and again at once; 0 where one was alone inside. */
  async take(lock: string, count: number): Promise<readonly unknown[]> {
    const takers = Array.from({ length: count }, () => this.#run('taker.cjs', lock));
    await Promise.all(takers.map((child) => once(child, 'message')));
    const ends = takers.map(async (child) => ((await once(child, 'exit')) as unknown[])[0]);
    for (const child of takers) child.send('go');
    return Promise.all(ends);
  }

  endAll(): void {
    for (const child of this.#started) child.kill('SIGKILL');
  }

  #run(script: string, lock: string, doing = ''): ChildProcess {
    const child = spawn(process.execPath, [join(this.#folder, script), lock, doing], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#started.add(child);
    return child;
  }
}

/** A process that has certainly ended. */
export function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}
