import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { qualifyImage, removeLeftPulls } from '../../../src/containers/image-pull.ts';
import { PullProgress } from '../../../src/containers/image-pull-progress.ts';

/** The last thing said of these lines. */
function read(lines: readonly string[]): string | undefined {
  const progress = new PullProgress();
  return lines.map((line) => progress.read(line)).findLast((said) => said !== undefined);
}

describe('the progress of a pull', () => {
  it('is counted in layers, as Docker names their stages', () => {
    const start = ['3744f6f7b233: Pulling fs layer', '62066bb5bced: Pulling fs layer'];
    assert.equal(read(['1: Pulling from try/big']), undefined);
    assert.equal(read(start), '0 of 2 layers downloaded');
    assert.equal(
      read([...start, '62066bb5bced: Verifying Checksum', '62066bb5bced: Download complete']),
      '1 of 2 layers downloaded',
    );
    assert.equal(
      read([...start, '62066bb5bced: Pull complete', '3744f6f7b233: Already exists']),
      '2 of 2 layers downloaded, 2 unpacked',
    );
  });

  it('has bytes where the client writes them', () => {
    const layer = '3744f6f7b233';
    assert.equal(
      read([`${layer}: Pulling fs layer`, `${layer}: Downloading [=>   ]  1.049MB/30.4MB`]),
      '0 of 1 layers downloaded (1.049MB of 30.4MB)',
    );
  });

  it("understands Podman's blobs", () => {
    const blob =
      'Copying blob sha256:3744f6f7b233a347a2ba403809f795413b9d77d0ee14e6262e0b7aa2475a2e58';
    assert.equal(read(['Getting image source signatures', blob]), '0 of 1 layers downloaded');
    assert.equal(
      read([blob, 'Copying blob 3744f6f7b233 done   | ']),
      '1 of 1 layers downloaded, 1 unpacked',
    );
  });
});

describe('the full name of an image', () => {
  for (const [short, full] of [
    ['nginx:1.29-alpine', 'docker.io/library/nginx:1.29-alpine'],
    ['chromadb/chroma:1.5.9', 'docker.io/chromadb/chroma:1.5.9'],
    ['quay.io/a/b:1', 'quay.io/a/b:1'],
    ['localhost:5000/a:1', 'localhost:5000/a:1'],
    ['localhost/a', 'localhost/a'],
  ] as const) {
    it(`of ${short} is ${full}`, () => {
      assert.equal(qualifyImage(short), full);
    });
  }
});

describe('what a killed pull has left', () => {
  it('is removed by the next one, and nothing else is', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-'));
    const name = (pid: number): string => `chroma-tls-pull-${pid}-AbC123`;
    const gone = 0x7fffffff;
    const others = [name(process.pid), 'chroma-tls-pull-photos', 'somebody-else'].sort();
    for (const kept of others) await mkdir(join(folder, kept));
    await mkdir(join(folder, name(gone)));
    await writeFile(join(folder, name(gone), 'layer'), 'large');
    await removeLeftPulls(folder);
    assert.deepEqual((await readdir(folder)).sort(), others);
    await symlink(join(folder, 'somebody-else'), join(folder, name(gone)));
    await removeLeftPulls(folder);
    assert.equal((await readdir(folder)).length, others.length + 1, 'a link is not ours');
  });
});
