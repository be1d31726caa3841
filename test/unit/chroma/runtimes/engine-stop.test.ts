import assert from 'node:assert/strict';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import { ComposeRuntime } from '../../../../src/chroma/runtimes/compose/compose.ts';
import { DockerRuntime } from '../../../../src/chroma/runtimes/docker/docker.ts';
import type { Runtime } from '../../../../src/chroma/runtimes/runtime.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { skipBecause } from '../../../harness/skip-reasons.ts';

describe('a stop by an engine that fails', () => {
  let workspace = '';

  before(async function () {
    if (process.platform === 'win32') skipBecause(this, 'Windows runs no script by its first line');
    workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-stop-'));
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    await writeFile(join(workspace, 'docker-compose.yml'), 'services: {}\n');
  });

  /** Both runtimes with an engine's client that answers every question with this failure. */
  async function runtimes(says: string): Promise<readonly Runtime[]> {
    return clientRuntimes(`[ "$1" = --version ] && exit 0\necho '${says}' >&2\nexit 1\n`);
  }

  async function clientRuntimes(script: string): Promise<readonly Runtime[]> {
    const containerCommand = join(workspace, 'docker');
    await writeFile(containerCommand, `#!/bin/sh\n${script}`);
    await chmod(containerCommand, 0o755);
    return engineRuntimes(containerCommand);
  }

  function engineRuntimes(containerCommand: string): readonly Runtime[] {
    const readSettings = () => ({ ...DEFAULT_SETTINGS, containerCommand });
    return [
      new DockerRuntime({ workspace, supervisorFile: '', readSettings }),
      new ComposeRuntime({ workspace, readSettings }),
    ];
  }

  for (const [says, code] of [
    ['permission denied while trying to connect', 'docker-not-permitted'],
    ['docker gave no answer in 10000 ms', 'docker-no-answer'],
    ['something new', 'docker-failed'],
  ] as const) {
    it(`fails with ${code}, and so does a look`, async () => {
      for (const runtime of await runtimes(says)) {
        await assert.rejects(runtime.stop(), { code }, runtime.kind);
        await assert.rejects(runtime.observe(), { code }, runtime.kind);
      }
    });
  }

  it('succeeds where no engine runs or is installed', async () => {
    for (const runtime of await runtimes('Cannot connect to the Docker daemon')) {
      await runtime.stop();
      await assert.rejects(runtime.observe(), { code: 'docker-not-running' }, runtime.kind);
    }
    for (const runtime of engineRuntimes('/nowhere/docker')) {
      await runtime.stop();
      await assert.rejects(runtime.observe(), { code: 'docker-not-installed' }, runtime.kind);
    }
  });

  it('succeeds in WSL while Docker Desktop is closed: its stand-in complains on its output', async () => {
    const line = "The command 'docker' could not be found in this WSL 2 distro.";
    for (const runtime of await clientRuntimes(`echo "${line}"\necho "We recommend…"\nexit 1\n`)) {
      await runtime.stop();
      await assert.rejects(runtime.observe(), { code: 'docker-not-integrated' }, runtime.kind);
    }
  });
});
