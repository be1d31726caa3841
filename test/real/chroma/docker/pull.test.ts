import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { Engine } from '../../../../src/containers/engine.ts';
import { sizeImages } from '../../../../src/containers/image-sizes.ts';
import { pullImage } from '../../../../src/containers/image-pull.ts';
import { ExplainedError, isCancellation } from '../../../../src/system/errors.ts';
import { until } from '../../../harness/until.ts';
import { requirePart } from '../../../parts.ts';
import { freePort, Workspace } from '../../fixtures/cli.ts';
import { cleanUp, docker } from '../../fixtures/docker.ts';
import { Registry } from '../../fixtures/registry.ts';
import { SlowLink } from '../../fixtures/slow-link.ts';

const MB = 1_000_000;
/** When some of the new layer has come, and most of it has not. */
const SOME = 5 * MB;

describe('Pulling an image', () => {
  const engine = new Engine('docker');
  let registry: Registry;
  let pushed: string;

  before(async function () {
    requirePart(this, 'docker');
    requirePart(this, 'image nginx:1.29-alpine');
    requirePart(this, 'image chromadb/chroma:1.5.9');
    registry = await Registry.start(requirePart(this, 'registry').command);
    pushed = await registry.push('nginx:1.29-alpine', 40 * MB);
  });
  after(() => registry.stop());

  /** Pulls, and gives back everything it said on the way. */
  async function pull(image: string, signal = new AbortController().signal): Promise<string[]> {
    const said: string[] = [];
    await pullImage(
      engine,
      { image, setting: 'image' },
      (step) => {
        said.push(step.progress ?? '');
      },
      signal,
    );
    return said;
  }

  async function failureOf(image: string): Promise<string> {
    try {
      await pull(image);
      return 'none';
    } catch (error) {
      assert.ok(error instanceof ExplainedError, String(error));
      return error.code;
    }
  }

  it('is told how much it fetches before, and how large what is here is', async () => {
    const here = 'nginx:1.29-alpine';
    const unknown = `${registry.address}/no/such:image`;
    const sizes = await sizeImages(engine, [pushed, here, unknown]);
    const download = sizes.get(pushed);
    assert.equal(download?.kind, 'download');
    // The new layer is random, and so as large compressed.
    assert.ok(download.bytes > 40 * MB, `${download.bytes}`);
    const { stdout } = await engine.run(['image', 'inspect', '--format', '{{.Size}}', here]);
    assert.deepEqual(sizes.get(here), { kind: 'here', bytes: Number(stdout) });
    assert.equal(sizes.get(unknown), undefined);
  });

  it('tells its progress layer by layer, and is done once', async () => {
    const said = await pull(pushed);
    const [, downloaded, layers] = /^(\d+) of (\d+)$/.exec(said.at(-1) ?? '') ?? [];
    assert.equal(downloaded, layers, said.join('\n'));
    assert.match(said.join('\n'), /^\d+ of \d+$/m);
    assert.ok(said.length > 2, said.join('\n'));
    assert.deepEqual(await pull(pushed), [], 'what is there is not asked for again');
    await docker('image', 'rm', pushed);
  });

  it('ends in the engine too when a user cancels it, and leaves nothing behind', async () => {
    const [, port = ''] = registry.address.split(':');
    const link = await SlowLink.to(Number(port), 5 * MB);
    const image = pushed.replace(registry.address, link.address);
    const root = await docker('info', '--format', '{{.DockerRootDir}}');
    // The engine's name for a layer on its way; other tests have it write other things meanwhile.
    const partial = async (): Promise<string[]> => {
      const names = await readdir(join(root, 'tmp')).catch(() => []);
      return names.filter((name) => name.startsWith('GetImageBlob'));
    };
    const before = new Set(await partial());
    const cancel = new AbortController();
    const pulling = pull(image, cancel.signal);
    await Promise.race([link.until(SOME), pulling]);
    cancel.abort();
    await assert.rejects(pulling, isCancellation);
    await until('the engine has hung up', () => !link.isInUse);
    assert.ok(link.bytes < 40 * MB, 'it was cancelled in the middle');
    link.close();
    assert.equal(await docker('image', 'inspect', '--format', '{{.Id}}', image), '');
    await until('what the engine has of it is gone', async () =>
      (await partial()).every((name) => before.has(name)),
    );
  });

  it('leaves no server and no state behind when a user cancels the start', async () => {
    const [, port = ''] = registry.address.split(':');
    const link = await SlowLink.to(Number(port), 5 * MB);
    const workspace = await Workspace.create();
    await workspace.run(['generate']);
    const image = pushed.replace(registry.address, link.address);
    const args = ['start', '--runtime', 'docker', '--image', image];
    const { code, stderr } = await workspace.run(args, {}, link.until(SOME));
    link.close();
    assert.equal(code, 1);
    assert.match(stderr, /Cancelled; nothing was left half-way/);
    assert.equal((await workspace.status()).state, 'stopped');
    assert.equal(await docker('image', 'inspect', '--format', '{{.Id}}', image), '');
    await cleanUp(workspace);
  });

  it('tells an unknown tag and an unknown image from a locked or an unreachable registry', async function () {
    const { command } = requirePart(this, 'registry');
    const locked = await Registry.start(command, { locked: true });
    try {
      assert.equal(await failureOf(pushed.replace(/:[^:]*$/, ':none')), 'image-unknown');
      assert.equal(await failureOf(`${registry.address}/none:1`), 'image-unknown');
      assert.equal(await failureOf(`${locked.address}/chroma:1`), 'image-unauthorised');
      assert.equal(await failureOf(`127.0.0.1:${await freePort()}/chroma:1`), 'image-unreachable');
    } finally {
      await locked.stop();
    }
  });
});
