import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, before, beforeEach, describe, it } from 'mocha';
import { Engine } from '../../../../../src/containers/engine.ts';
import {
  readCapabilities,
  tellImageGeneration,
  type ImageCommand,
} from '../../../../../src/chroma/runtimes/docker/images.ts';
import { skipBecause } from '../../../../harness/skip-reasons.ts';

const PYTHON = { entryPoint: ['/docker_entrypoint.sh'], command: ['--workers 1'] };
const OLD_PYTHON = { entryPoint: null, command: ['/docker_entrypoint.sh'] };
const RUST = { entryPoint: ['dumb-init', '--', 'chroma'], command: ['run', '/config.yaml'] };
const OTHER = { entryPoint: ['/start.sh'], command: null };

describe('what an image runs', () => {
  for (const [runs, line] of [
    [PYTHON, 'python'],
    [OLD_PYTHON, 'python'],
    [{ entryPoint: null, command: ['uvicorn', 'chromadb.app:app', '--port', '8000'] }, 'python'],
    [RUST, 'rust'],
    [{ entryPoint: ['/bin/sh', '-c', 'chroma run --path /data'], command: null }, 'rust'],
    [{ entryPoint: null, command: ['/usr/local/bin/chroma', 'run'] }, 'rust'],
    [OTHER, undefined],
    [{ entryPoint: null, command: null }, undefined],
    [{ entryPoint: ['/chroma-like/start'], command: null }, undefined],
  ] as const) {
    it(`says ${line ?? 'nothing'} by ${JSON.stringify(runs)}`, () => {
      assert.equal(tellImageGeneration(runs), line);
    });
  }
});

describe('the capabilities of an image', function () {
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chroma-tls-image-traits-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** An engine that says of every image that this is what it runs; without it, it knows none. */
  async function engine(runs?: ImageCommand): Promise<Engine> {
    const program = join(folder, 'engine');
    const answer = runs ? `cat <<'END'\n${JSON.stringify(runs)}\nEND\n` : 'exit 1\n';
    await writeFile(program, `#!/bin/sh\n${answer}`, { mode: 0o755 });
    return new Engine(program);
  }

  const read = async (image: string, runs?: ImageCommand) =>
    readCapabilities(await engine(runs), image, image);

  before(function () {
    if (process.platform === 'win32') skipBecause(this, 'Windows runs no script by its first line');
  });

  it('follow what it runs where the tag is no version', async () => {
    for (const image of ['chromadb/chroma:latest', 'me/chroma:prod', 'chromadb/chroma']) {
      const { capabilities, assumption } = await read(image, PYTHON);
      assert.equal(assumption, undefined);
      assert.deepEqual(
        [
          capabilities.generation,
          capabilities.ownTls,
          capabilities.dataPath,
          capabilities.heartbeatPath,
          capabilities.hasEntryPoint,
        ],
        ['python', true, '/chroma/chroma', '/api/v1/heartbeat', true],
      );
      assert.equal((await read(image, OLD_PYTHON)).capabilities.hasEntryPoint, false);
      assert.equal((await read(image, RUST)).capabilities.generation, 'rust');
    }
  });

  it('follow the tag where it is one, whatever it runs', async () => {
    assert.equal(
      (await read('me/chroma:0.6.3', OTHER)).capabilities.heartbeatPath,
      '/api/v2/heartbeat',
    );
    assert.equal((await read('me/chroma:1.5.9', PYTHON)).capabilities.generation, 'rust');
  });

  it('are those of 1.x where nothing tells, and a note says so', async () => {
    for (const runs of [OTHER, undefined]) {
      const { capabilities, assumption } = await read('me/chroma:prod', runs);
      assert.equal(capabilities.generation, 'rust');
      assert.match(assumption ?? '', /me\/chroma:prod .* is taken for 1\.x/);
    }
  });
});
