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

/** Takes the lock a few times, and fails where it is not alone inside. */
const TAKER = `
const { rmdir, mkdir } = require('node:fs/promises');
const { takeFileLock } = require('./file-lock.cjs');
const explain = () => ({ code: 'busy', what: 'Busy.' });
(async () => {
  for (let turn = 0; turn < 3; turn += 1) {
    const release = await takeFileLock(process.argv[2], { doing: 'starting', explain });
    await mkdir(process.argv[2] + '-inside');
    await new Promise((resolve) => setTimeout(resolve, 5));
    await rmdir(process.argv[2] + '-inside');
    await release();
  }
})();
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
      entryPoints: ['src/system/file-lock.ts'],
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

  /** The exit code of one that takes the lock again and again; 0 where it was alone each time. */
  async take(lock: string): Promise<unknown> {
    const [code] = (await once(this.#run('taker.cjs', lock), 'exit')) as unknown[];
    return code;
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
