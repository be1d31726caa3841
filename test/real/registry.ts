import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../harness/until.ts';
import { freePort, program } from './cli.ts';

/** A registry of images on loopback, from which every engine pulls without further ado. */
export class Registry {
  /** `127.0.0.1:PORT`, what stands before the name of an image in it. */
  readonly address: string;
  readonly #folder: string;
  readonly #server: ChildProcess;

  private constructor(address: string, folder: string, server: ChildProcess) {
    this.address = address;
    this.#folder = folder;
    this.#server = server;
  }

  /**
   * @param command the part `registry`'s
   * @param locked whether it shows nothing to those who have not logged in
   */
  static async start(command: string, { locked = false } = {}): Promise<Registry> {
    const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-registry-'));
    const address = `127.0.0.1:${await freePort()}`;
    const config = {
      version: '0.1',
      log: { level: 'error' },
      storage: { filesystem: { rootdirectory: join(folder, 'data') } },
      http: { addr: address },
      // It makes the file itself, with a password that nobody knows.
      ...(locked ? { auth: { htpasswd: { realm: 'test', path: join(folder, 'users') } } } : {}),
    };
    // JSON is YAML.
    await writeFile(join(folder, 'config.yml'), JSON.stringify(config));
    const server = spawn(command, ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
    const registry = new Registry(address, folder, server);
    await registry.#untilReady();
    return registry;
  }

  /**
   * Puts an image of the local engine into the registry, and takes the name it has there away from
   * the engine again.
   * @param image e.g. `chromadb/chroma:1.5.9`
   * @param newBytes as much of it is a layer that the engine has not got, so that pulling takes
   *   its time
   * @returns its name in the registry
   */
  async push(image: string, newBytes: number): Promise<string> {
    const name = `${this.address}/${image}`;
    const recipe = `FROM ${image}\nRUN head -c ${newBytes} /dev/urandom > /of-this-registry\n`;
    const context = await mkdtemp(join(this.#folder, 'image-'));
    await writeFile(join(context, 'Dockerfile'), recipe);
    await this.#docker('build', '--quiet', '--tag', name, context);
    await this.#docker('push', '--quiet', name);
    await this.#docker('image', 'rm', name);
    return name;
  }

  /** Ends it, and removes what was pulled from it. */
  async stop(): Promise<void> {
    this.#server.kill();
    const pulled = await this.#docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}');
    const ours = pulled.split('\n').filter((name) => name.startsWith(`${this.address}/`));
    if (ours.length > 0) await this.#docker('image', 'rm', ...ours);
    await rm(this.#folder, { recursive: true });
  }

  async #docker(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await program('docker', args, {
      env: { ...process.env, DOCKER_BUILDKIT: '0' },
    });
    if (code !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  async #untilReady(): Promise<void> {
    await until(`the registry answers on ${this.address}`, () =>
      fetch(`http://${this.address}/v2/`).then(
        // 401: it answers, but not everyone.
        ({ ok, status }) => ok || status === 401,
        () => false,
      ),
    );
  }
}
