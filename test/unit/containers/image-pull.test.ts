import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { qualifyImage } from '../../../src/containers/image-name.ts';
import { removeLeftPulls } from '../../../src/containers/image-pull.ts';
import { PullProgress, type PullAmount } from '../../../src/containers/image-pull-progress.ts';

/** The last thing said of these lines. */
function read(lines: readonly string[]): PullAmount | undefined {
  const progress = new PullProgress();
  return lines.map((line) => progress.read(line)).findLast((said) => said !== undefined);
}

describe('the progress of a pull', () => {
  it('is counted in layers, as Docker names their stages', () => {
    const start = ['3744f6f7b233: Pulling fs layer', '62066bb5bced: Pulling fs layer'];
    assert.equal(read(['1: Pulling from try/big']), undefined);
    assert.deepEqual(read(start), { progress: '0 of 2' });
    assert.deepEqual(
      read([...start, '62066bb5bced: Verifying Checksum', '62066bb5bced: Download complete']),
      { progress: '1 of 2' },
    );
    assert.deepEqual(
      read([...start, '62066bb5bced: Pull complete', '3744f6f7b233: Already exists']),
      { progress: '2 of 2' },
    );
  });

  it('is a percentage of the bytes as soon as the client has said them for every layer', () => {
    const [one, other, old] = ['3744f6f7b233', '62066bb5bced', 'c67d0fe70ee2'];
    const lines = [
      `${old}: Already exists`,
      `${one}: Pulling fs layer`,
      `${other}: Pulling fs layer`,
      `${one}: Downloading [=>   ]  10MB/30MB`,
    ];
    assert.deepEqual(read(lines), { progress: '1 of 3' }, 'one size is not known yet');
    lines.push(`${other}: Downloading [=>   ]  100kB/10MB`);
    assert.deepEqual(read(lines), { progress: '25%', fraction: 10.1 / 40 });
    lines.push(`${one}: Download complete`, `${other}: Downloading [=> ] 5 MB/10 MB`);
    assert.deepEqual(read(lines), { progress: '87%', fraction: 35 / 40 });
    lines.push(`${one}: Pull complete`, `${other}: Pull complete`);
    assert.deepEqual(read(lines), { progress: '100%', fraction: 1 });
  });

  it("understands Podman's blobs", () => {
    const blob =
      'Copying blob sha256:3744f6f7b233a347a2ba403809f795413b9d77d0ee14e6262e0b7aa2475a2e58';
    assert.deepEqual(read(['Getting image source signatures', blob]), { progress: '0 of 1' });
    assert.deepEqual(read([blob, 'Copying blob 3744f6f7b233 done   | ']), { progress: '1 of 1' });
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
