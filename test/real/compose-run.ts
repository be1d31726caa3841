import { randomBytes } from 'node:crypto';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../harness/until.ts';
import { program, Workspace, type CliOutcome } from './cli.ts';

/** A Docker Compose as users have it: `docker compose`, or the old program. */
export type ComposeCommand = readonly [string, ...string[]];

export const COMPOSE_V2: ComposeCommand = ['docker', 'compose'];

/** A workspace whose Compose file a test brings up by hand. */
export class ComposeWorkspace {
  readonly workspace: Workspace;
  readonly #command: ComposeCommand;

  private constructor(workspace: Workspace, command: ComposeCommand) {
    this.workspace = workspace;
    this.#command = command;
  }

  static async create(command: ComposeCommand = COMPOSE_V2): Promise<ComposeWorkspace> {
    const workspace = await Workspace.create();
    const made = new ComposeWorkspace(workspace, command);
    // All test workspaces are called the same, and so would their projects be.
    const project = `chroma-tls-test-${randomBytes(4).toString('hex')}`;
    await made.setVariable('COMPOSE_PROJECT_NAME', project);
    return made;
  }

  async setVariable(name: string, value: string): Promise<void> {
    await appendFile(join(this.workspace.folder, '.env'), `${name}=${value}\n`, { mode: 0o600 });
  }

  async readVariable(name: string): Promise<string> {
    const text = await readFile(join(this.workspace.folder, '.env'), 'utf8');
    return new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? '';
  }

  /** `chroma-tls compose`, on this workspace's own port. */
  write(...options: readonly string[]): Promise<CliOutcome> {
    return this.workspace.run(['compose', '--port', String(this.workspace.port), ...options]);
  }

  /** Checks health every second and gives up at once, so that a test need not wait for minutes. */
  async hurryHealthChecks(...services: readonly string[]): Promise<void> {
    const hurry = '{ interval: 1s, retries: 2, start_period: 0s }';
    const lines = services.map((service) => `  ${service}: { healthcheck: ${hurry} }\n`);
    await writeFile(
      join(this.workspace.folder, 'docker-compose.override.yml'),
      `services:\n${lines.join('')}`,
    );
  }

  compose(...args: readonly string[]): Promise<CliOutcome> {
    const [file, ...first] = this.#command;
    return program(file, [...first, ...args], { cwd: this.workspace.folder });
  }

  async containerOf(service: string): Promise<string> {
    const project = await this.readVariable('COMPOSE_PROJECT_NAME');
    const { stdout } = await program('docker', [
      'ps',
      '--all',
      '--quiet',
      '--no-trunc',
      ...['--filter', `label=com.docker.compose.project=${project}`],
      ...['--filter', `label=com.docker.compose.service=${service}`],
    ]);
    return stdout.trim();
  }

  /** @throws with the last health checks where the container does not become so */
  async waitForHealth(service: string, wanted: 'healthy' | 'unhealthy'): Promise<void> {
    const format = '{{.State.Health.Status}} {{json .State.Health.Log}}';
    const look = async (): Promise<string> => {
      const id = await this.containerOf(service);
      return (await program('docker', ['inspect', '--format', format, id])).stdout;
    };
    await until(`${service} is ${wanted}`, look, (seen) => seen.startsWith(wanted));
  }

  /** What a client gets over verified TLS: the status of the answer. */
  async ask(path: string, ...more: readonly string[]): Promise<string> {
    const format = ['-o', '/dev/null', '-w', '%{http_code}', '-m', '20'];
    const { stdout, stderr, code } = await this.workspace.curl(path, ...format, ...more);
    return code === 0 ? stdout : stderr;
  }

  /** Ends everything, volumes and networks too. */
  async remove(): Promise<void> {
    await this.compose('down', '--volumes', '--remove-orphans', '--timeout', '2');
  }
}
