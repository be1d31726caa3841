import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { StatusReport } from '../../src/cli/report.ts';

export interface CliOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A workspace of its own with a name that breaks careless quoting, and a data folder of its own. */
export class Workspace {
  readonly folder: string;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;

  private constructor(folder: string, port: number, env: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.port = port;
    this.env = env;
  }

  static async create(env: NodeJS.ProcessEnv = {}): Promise<Workspace> {
    const root = await mkdtemp(join(tmpdir(), 'chroma-tls-real-'));
    const folder = join(root, `it's "mine", ü`);
    await mkdir(folder);
    const data = join(root, 'data');
    return new Workspace(folder, await freePort(), {
      ...process.env,
      CHROMA_TLS_DATA_DIR: data,
      ...env,
    });
  }

  get url(): string {
    return `https://localhost:${this.port}`;
  }

  /**
   * Runs the bundled CLI as a user would; never rejects.
   *
   * @param interrupted when to press Ctrl+C
   */
  run(
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
    interrupted?: Promise<void>,
  ): Promise<CliOutcome> {
    return new Promise((done) => {
      const child = execFile(
        process.execPath,
        [resolve('dist/cli.js'), ...args],
        { cwd: this.folder, env: { ...this.env, ...env }, encoding: 'utf8' },
        (error, stdout, stderr) => {
          const code = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
          done({ code, stdout, stderr });
        },
      );
      void interrupted?.then(() => child.kill('SIGINT'));
    });
  }

  start(...args: readonly string[]): Promise<CliOutcome> {
    return this.run(['start', '--wait', '--port', String(this.port), ...args]);
  }

  /** The same as a user of this machine who may do nothing. Only root can become one. */
  async startAsNobody(...args: readonly string[]): Promise<CliOutcome> {
    await this.run(['generate']);
    await this.giveToNobody();
    return this.runAsNobody(['start', ...args]);
  }

  async giveToNobody(): Promise<void> {
    // The checkout may lie where nobody may read, so the bundle goes along.
    await cp(resolve('dist'), this.#ownBundle, { recursive: true });
    await program('chown', ['-R', '65534:65534', dirname(this.folder)]);
  }

  /** @param group the number of a group that the user is in all the same */
  runAsNobody(args: readonly string[], group?: number): Promise<CliOutcome> {
    const cli = [process.execPath, join(this.#ownBundle, 'cli.js'), ...args];
    const groups = group === undefined ? ['--clear-groups'] : ['--groups', String(group)];
    return program('setpriv', ['--reuid', '65534', '--regid', '65534', ...groups, ...cli], {
      cwd: this.folder,
      env: this.env,
    });
  }

  get #ownBundle(): string {
    return join(dirname(this.folder), 'dist');
  }

  async status(): Promise<StatusReport> {
    const { stdout } = await this.run(['status', '--json']);
    return JSON.parse(stdout) as StatusReport;
  }

  /** What curl, a client that knows nothing of us, gets over TLS verified against `ca.pem`. */
  curl(path: string, ...more: readonly string[]): Promise<CliOutcome> {
    return program('curl', ['-sS', '--cacert', 'certs/ca.pem', ...more, this.url + path], {
      cwd: this.folder,
    });
  }
}

/** Runs any program to its end; never rejects. */
export function program(
  file: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<CliOutcome> {
  return new Promise((done) => {
    execFile(file, args, { ...options, encoding: 'utf8' }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
      done({ code, stdout, stderr });
    });
  });
}

let nextPort = Number(process.env['CHROMA_TLS_PORTS']);

/** One of the ports that this process of tests has to itself, and nobody else has taken. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = nextPort;
    nextPort += 1;
    const probe = createServer();
    const isFree = await new Promise<boolean>((done) => {
      probe.once('error', () => {
        done(false);
      });
      probe.listen(port, '127.0.0.1', () => {
        done(true);
      });
    });
    if (!isFree) continue;
    await new Promise((done) => probe.close(done));
    return port;
  }
}
