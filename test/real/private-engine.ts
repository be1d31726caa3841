import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skipBecause } from '../harness/skip-reasons.ts';
import { until } from '../harness/until.ts';
import { program } from './cli.ts';

/** The bridge it has to itself; the address is of no network one meets elsewhere. */
const BRIDGE = 'chroma-tls-0';
const ADDRESS = '10.213.113.1/24';

/** A second Docker Engine on this machine, so that restarting it harms nobody else. */
export class PrivateEngine {
  readonly #folder: string;
  #daemon: ChildProcess | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Begins one with these images, copied from the usual engine. */
  static async start(context: Mocha.Context, images: readonly string[]): Promise<PrivateEngine> {
    if (process.getuid?.() !== 0) skipBecause(context, 'needs root for a second Docker Engine');
    await program('ip', ['link', 'delete', BRIDGE]);
    const bridge = await program('ip', ['link', 'add', BRIDGE, 'type', 'bridge']);
    if (bridge.code !== 0) skipBecause(context, `cannot make a bridge: ${bridge.stderr}`);
    await program('ip', ['address', 'add', ADDRESS, 'dev', BRIDGE]);
    await program('ip', ['link', 'set', BRIDGE, 'up']);
    const engine = new PrivateEngine(await mkdtemp(join(tmpdir(), 'chroma-tls-engine-')));
    await engine.begin();
    const archive = join(engine.#folder, 'images.tar');
    await must('docker', ['save', '--output', archive, ...images]);
    await must('docker', ['--host', engine.host, 'load', '--input', archive]);
    await rm(archive);
    return engine;
  }

  get host(): string {
    return `unix://${join(this.#folder, 'docker.sock')}`;
  }

  async begin(): Promise<void> {
    const log = await open(join(this.#folder, 'log'), 'a');
    this.#daemon = spawn(
      'dockerd',
      [
        ...['--host', this.host, '--bridge', BRIDGE],
        ...['--data-root', join(this.#folder, 'data'), '--exec-root', join(this.#folder, 'exec')],
        ...['--pidfile', join(this.#folder, 'pid')],
        // The rules of the machine's firewall are the other engine's; loopback ports need none.
        ...['--iptables=false', '--ip6tables=false', '--ip-masq=false'],
      ],
      { stdio: ['ignore', log.fd, log.fd] },
    );
    await log.close();
    await until(
      `the second engine answers; see ${this.#folder}/log`,
      async () => (await program('docker', ['--host', this.host, 'version'])).code === 0,
    );
  }

  /** Ends it as a machine's restart does: it stops its containers first. */
  async end(): Promise<void> {
    const daemon = this.#daemon;
    if (daemon?.exitCode !== null) return;
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill('SIGTERM');
    await ended;
  }

  async remove(): Promise<void> {
    await this.end();
    await program('ip', ['link', 'delete', BRIDGE]);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function must(file: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await program(file, args);
  if (code !== 0) throw new Error(`${file} ${args.join(' ')}: ${stderr}`);
}
