import assert from 'node:assert/strict';
import { appendFile, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { ComposeRuntime } from '../../../../src/chroma/runtimes/compose/compose.ts';
import { DockerRuntime } from '../../../../src/chroma/runtimes/docker/docker.ts';
import type { ChromaContainer } from '../../../../src/chroma/runtimes/compose/chroma-container.ts';
import { EngineChoice } from '../../../../src/containers/engine-choice.ts';
import type { Runtime } from '../../../../src/chroma/runtimes/runtime.ts';
import { ExplainedError } from '../../../../src/system/errors.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { isRunning } from '../../../../src/system/processes/process-identity.ts';
import { skipBecause } from '../../../harness/skip-reasons.ts';
import { until } from '../../../harness/until.ts';

/** A server as both runtimes know it: by our labels, and by Compose's. */
function container(status = 'running'): ChromaContainer {
  return {
    Id: 'a',
    Name: '/a',
    State: { Status: status, ExitCode: 1, StartedAt: '2026-01-01T00:00:00Z' },
    Image: 'chromadb/chroma:0.5.13',
    UvicornTls: true,
    RunsPython: true,
    DataSigns: [],
    Labels: {
      'chroma-tls.role': 'server',
      'chroma-tls.tls': 'uvicorn',
      'com.docker.compose.service': 'chroma',
    },
    Ports: null,
    Bindings: { '8000/tcp': [{ HostIp: '127.0.0.1', HostPort: '8000' }] },
    NetworkMode: 'bridge',
    Mounts: [{ Name: 'data', Destination: '/chroma/chroma' }],
  };
}

describe('the engine of a workspace', () => {
  let containerCommand = '';
  let has: Record<string, readonly ChromaContainer[] | Error> = {};
  const engines = () =>
    new EngineChoice(
      () => ({ ...DEFAULT_SETTINGS, containerCommand }),
      ({ program }) => {
        const found = has[program] ?? [];
        return found instanceof Error ? Promise.reject(found) : Promise.resolve({ own: found });
      },
    );
  const failing = (code: string) => new ExplainedError({ code, what: code });

  /** One that found the server on `docker`, and is to use `podman` now. */
  async function moved(): Promise<ReturnType<typeof engines>> {
    containerCommand = 'docker';
    has = { docker: [container()] };
    const choice = engines();
    assert.equal((await choice.find()).engine.program, 'docker');
    containerCommand = 'podman';
    return choice;
  }

  it('is the one that the settings name', async () => {
    has = { docker: [container()], podman: [] };
    containerCommand = 'podman';
    assert.equal((await engines().find()).engine.program, 'podman');
  });

  it('is the one they named before, while only that one has containers, or running ones', async () => {
    const choice = await moved();
    for (const podman of [[], [container('exited')], failing('docker-not-permitted')]) {
      has['podman'] = podman;
      const { engine, own } = await choice.find();
      assert.deepEqual([engine.program, own.length], ['docker', 1]);
    }
    has['podman'] = [container()];
    assert.equal((await choice.find()).engine.program, 'podman');
  });

  it('is the current one again once the former one has none, and stays so', async () => {
    const choice = await moved();
    has['docker'] = [];
    assert.equal((await choice.find()).engine.program, 'podman');
    has['docker'] = [container()];
    assert.equal((await choice.find()).engine.program, 'podman');
  });

  it('is unknown where the former one gives no answer, but known where that does not run', async () => {
    const choice = await moved();
    has['docker'] = failing('docker-no-answer');
    await assert.rejects(choice.find(), { code: 'docker-no-answer' });
    has['docker'] = failing('docker-not-running');
    assert.equal((await choice.find()).engine.program, 'podman');
    has['docker'] = [container()];
    assert.equal((await choice.find()).engine.program, 'docker');
  });

  it('is the current one for a start, which ends the containers of the former one', async () => {
    const { signal } = new AbortController();
    const ended: string[] = [];
    const end = ({ program }: { program: string }): Promise<void> => {
      ended.push(program);
      return Promise.resolve();
    };
    const choice = await moved();
    assert.equal((await choice.take(end, signal)).program, 'podman');
    assert.deepEqual(ended, ['docker']);
    has['docker'] = failing('docker-no-answer');
    assert.equal((await choice.take(end, signal)).program, 'podman');
    assert.deepEqual(ended, ['docker']);
  });
});

describe('another container command while a window is open', () => {
  let workspace = '';
  let containerCommand = '';

  beforeEach(async function () {
    if (process.platform === 'win32') skipBecause(this, 'Windows runs no script by its first line');
    workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-engines-'));
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    await writeFile(join(workspace, 'docker-compose.yml'), 'services: {}\n');
  });

  /** A client that has what lies in its folder: `containers`, `events`. It writes `ended`, `pid`. */
  async function client(name: string, containers: readonly ChromaContainer[]): Promise<string> {
    const folder = join(workspace, name);
    await mkdir(folder);
    await writeFile(join(folder, 'events'), '');
    if (containers.length > 0) {
      await writeFile(
        join(folder, 'containers'),
        containers.map((c) => JSON.stringify(c)).join('\n'),
      );
    }
    const script = `#!/bin/sh
cd '${folder}'
case "$1" in
ps) [ ! -e containers ] || printf 'a\\t${workspace}\\n' ;;
inspect) cat containers ;;
logs) echo 'said by ${name}' ;;
rm) mv containers ended ;;
events) echo $$ > pid; exec tail -n 0 -f events ;;
esac
`;
    await writeFile(join(folder, 'docker'), script);
    await chmod(join(folder, 'docker'), 0o755);
    return join(folder, 'docker');
  }

  function runtimes(): readonly Runtime[] {
    const readSettings = () => ({ ...DEFAULT_SETTINGS, containerCommand });
    return [
      new DockerRuntime({ workspace, supervisorFile: '', readSettings }),
      new ComposeRuntime({ workspace, readSettings }),
    ];
  }

  for (const [index, kind] of ['docker', 'compose'].entries()) {
    it(`still shows, reads and ends the server of runtime ${kind} where it runs`, async () => {
      const [runtime] = runtimes().slice(index);
      assert.equal(runtime?.kind, kind);
      containerCommand = await client('one', [container()]);
      assert.equal((await runtime.observe()).kind, 'running');
      containerCommand = await client('two', []);
      assert.equal((await runtime.observe()).kind, 'running');
      assert.deepEqual(await runtime.readLog(1), ['said by one']);
      await runtime.stop();
      assert.match(await readFile(join(workspace, 'one', 'ended'), 'utf8'), /"Id":"a"/);
      assert.equal((await runtime.observe()).kind, 'none');
    });

    it(`lets runtime ${kind} listen to both engines, then only to the one it needs`, async () => {
      const [runtime] = runtimes().slice(index);
      assert.ok(runtime);
      containerCommand = await client('one', [container()]);
      let told = 0;
      const watch = runtime.watch(() => {
        told += 1;
      });
      /** Until events of this engine are heard: more often than streams that begin and end are. */
      const hear = async (name: string): Promise<void> => {
        for (let events = 0; events < 5; events += 1) {
          const before = told;
          await until(`an event of ${name}`, async () => {
            if (told > before) return true;
            await appendFile(join(workspace, name, 'events'), 'a change\n');
            return false;
          });
        }
      };
      try {
        await runtime.observe();
        await hear('one');
        containerCommand = await client('two', []);
        await runtime.observe();
        await hear('two');
        await hear('one');
        await rm(join(workspace, 'one', 'containers'));
        await runtime.observe();
        await runtime.observe();
        const listener = Number(await readFile(join(workspace, 'one', 'pid'), 'utf8'));
        await until('nobody listens to one', () => !isRunning(listener));
        await hear('two');
      } finally {
        watch.dispose();
      }
    });
  }
});
