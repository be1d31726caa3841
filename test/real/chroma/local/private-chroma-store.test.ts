import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Installation } from '../../../../src/chroma/runtimes/local/installation.ts';
import {
  claimPrivateChroma,
  findPrivateChroma,
  keepUsedOnly,
  privateChromasFolder,
  takePrivateChroma,
} from '../../../../src/chroma/runtimes/local/private-chroma-store.ts';
import { wheelModule } from '../../../../src/chroma/runtimes/local/wheel.ts';
import { noteRuntime } from '../../../../src/chroma/runtimes/runtime-choice.ts';
import { noteLocation } from '../../../../src/project/workspace-location.ts';
import { findPrivateChromas } from '../../../../src/workspace/belongings/private-chromas.ts';
import { requirePart } from '../../../parts.ts';
import { makeEnvironment } from '../../fixtures/environments.ts';

describe('the private Chromas of all workspaces', () => {
  let root = '';
  let workspace = '';
  let other = '';
  let made: string[] = [];
  let formerData: string | undefined;
  const { signal } = new AbortController();

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    formerData = process.env['CHROMA_TLS_DATA_DIR'];
    process.env['CHROMA_TLS_DATA_DIR'] = join(root, 'data');
    [workspace, other] = [join(root, 'one'), join(root, 'other')];
    for (const folder of [workspace, other]) await mkdir(folder);
    made = [];
  });
  afterEach(async () => {
    if (formerData === undefined) delete process.env['CHROMA_TLS_DATA_DIR'];
    else process.env['CHROMA_TLS_DATA_DIR'] = formerData;
    await rm(root, { recursive: true, force: true });
  });

  /** What the store goes by: the module that an install has put there. */
  async function make(folder: string): Promise<Installation> {
    made.push(basename(folder));
    const file = wheelModule(folder);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, '');
    const module = { loader: 'python', program: process.execPath, file } as const;
    return { version: '1.5.9', generation: 'rust', module };
  }

  const take = (
    version: string,
    making = make,
    its: Partial<Parameters<typeof takePrivateChroma>[0]> = {},
  ): Promise<Installation> =>
    takePrivateChroma({ workspace, version, signal, waiting: () => undefined, ...its }, making);

  const present = async (): Promise<readonly string[]> =>
    (await readdir(privateChromasFolder())).filter((name) => name.startsWith('chroma-')).toSorted();

  it('are made once when two windows ask at the same time', async () => {
    const both = await Promise.all([take('1.5.9'), take('1.5.9')]);
    assert.equal(made.length, 1);
    assert.deepEqual(both[0], both[1]);
    assert.deepEqual(await readdir(privateChromasFolder()), made);
  });

  it('stay when another install of the same version is cancelled', async () => {
    const cancelled = new AbortController();
    await take('1.5.9', async (folder) => {
      let calledOff: Promise<void> | undefined;
      await new Promise<void>((heard) => {
        const how = {
          signal: cancelled.signal,
          waiting: () => {
            heard();
          },
        };
        calledOff = assert.rejects(take('1.5.9', make, how), { name: 'AbortError' });
      });
      cancelled.abort();
      await calledOff;
      return make(folder);
    });
    assert.deepEqual(await present(), made);
  });

  it('leave nothing behind where one fails, and keep what is complete', async () => {
    await take('1.5.9');
    const failure = new Error('no network');
    await assert.rejects(
      take('0.5.13', async (folder) => {
        await make(folder);
        throw failure;
      }),
      failure,
    );
    assert.deepEqual(await readdir(privateChromasFolder()), made.slice(0, 1));
  });

  it('are cleared of incomplete ones, of other versions too, but not of one in the making', async () => {
    for (const name of ['chroma-1.5.9', 'chroma-0.6.3-0a1b2c3d']) {
      await make(join(privateChromasFolder(), name));
    }
    await take('0.5.13', async (underWay) => {
      await make(underWay);
      await take('1.5.9');
      assert.deepEqual(await present(), made.slice(2).toSorted());
      return make(underWay);
    });
  });

  it('are made again where what one needs was removed', async () => {
    await take('1.5.9');
    await rm(wheelModule(join(privateChromasFolder(), made[0] ?? '')));
    assert.equal(await findPrivateChroma('1.5.9'), undefined);
    await take('1.5.9');
    assert.deepEqual(await present(), made.slice(1));
  });

  it('are removed once no workspace uses them, and not before', async () => {
    const former = await take('1.5.8');
    await keepUsedOnly(workspace, former);
    assert.ok(await claimPrivateChroma({ workspace: other, version: '1.5.8', signal }));
    const [old = ''] = made;
    const now = await take('1.5.9');
    assert.deepEqual(await keepUsedOnly(workspace, now), [], 'the other one still uses it');
    assert.equal(
      await claimPrivateChroma({ workspace: other, version: '1.5.7', signal }),
      undefined,
    );
    await take('1.5.9', make, { workspace: other });
    assert.deepEqual(await keepUsedOnly(workspace, now), [], 'its server may still run');
    assert.deepEqual(await keepUsedOnly(other, now), [old]);
    assert.deepEqual(await present(), made.slice(1));
    const own = { version: '1.5.9', generation: 'rust', python: '/usr/bin/python3' } as const;
    assert.deepEqual(await keepUsedOnly(workspace, own), []);
    assert.deepEqual(await keepUsedOnly(other, own), made.slice(1));
  });

  it('are not removed with a folder once another one began to use them', async () => {
    await noteLocation(other);
    const installation = await take('1.5.9');
    const [name = ''] = made;
    const removal = { signal, hasTerminal: false, left: () => [] };
    const [belonging] = (await findPrivateChromas(workspace)).found;
    assert.ok(belonging, 'nobody else uses it');
    // The question is open; meanwhile the other folder starts its server.
    assert.deepEqual(
      await claimPrivateChroma({ workspace: other, version: '1.5.9', signal }),
      installation,
    );
    await assert.rejects(belonging.remove(removal), { code: 'private-chroma-needed' });
    assert.deepEqual(await present(), [name]);

    // A server may run though its folder is not there, on a drive that was taken out, say.
    await rm(other, { recursive: true });
    const { found, stays } = await findPrivateChromas(workspace);
    assert.deepEqual(found, []);
    assert.deepEqual(stays, [`The private Chroma ${name} stays: ${other} may need it.`]);

    await mkdir(other);
    await keepUsedOnly(other, { version: '1.5.9', generation: 'rust', python: '/usr/bin/python3' });
    const [again] = (await findPrivateChromas(workspace)).found;
    await again?.remove(removal);
    await assert.rejects(readdir(privateChromasFolder()), { code: 'ENOENT' });
  });

  it('are not removed with a folder while another window makes one', async () => {
    await take('1.5.9', async (folder) => {
      await mkdir(folder);
      const [unfinished] = (await findPrivateChromas(other)).found;
      assert.ok(unfinished);
      const removal = { signal, hasTerminal: false, left: () => [] };
      await assert.rejects(unfinished.remove(removal), { code: 'install-busy' });
      return make(folder);
    });
    assert.deepEqual(await present(), made);
  }).timeout(20_000);

  it('of earlier versions serve on, and stay while a workspace has not said what it uses', async function () {
    const { python } = requirePart(this, 'chroma 1.5.9');
    const folder = join(privateChromasFolder(), 'chroma-1.5.9');
    await makeEnvironment(python, folder, '1.5.9');
    assert.equal(await findPrivateChroma('1.5.9'), undefined, 'it was left half-way');
    await writeFile(join(folder, '.complete'), '');
    const found = await findPrivateChroma('1.5.9');
    assert.equal(found?.chroma, join(folder, 'bin', 'chroma'));
    await noteRuntime(other, 'local');
    const own = { version: '1.5.9', generation: 'rust', chroma: '/usr/bin/chroma' } as const;
    assert.deepEqual(await keepUsedOnly(workspace, own), []);
    assert.deepEqual(await keepUsedOnly(other, found), []);
    assert.deepEqual(await keepUsedOnly(other, own), ['chroma-1.5.9']);
  });
});
