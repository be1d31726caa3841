import assert from 'node:assert/strict';
import { chmod, chown, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, afterEach, beforeEach, describe, it } from 'mocha';
import { connectControl, controlPath } from '../../../../src/chroma/supervisor/control-socket.ts';
import { skipBecause } from '../../../harness/skip-reasons.ts';

describe('the way to a supervisor', () => {
  const servers: Server[] = [];
  after(() => {
    for (const server of servers) server.close();
  });

  it('does not wait for ever for one that says nothing', async function () {
    if (process.platform === 'win32') skipBecause(this, 'a pipe of Windows has no path like this');
    const path = join(await mkdtemp(join(tmpdir(), 'chroma-tls-control-')), 'local.sock');
    const silent = createServer((socket) => socket.on('error', () => undefined));
    servers.push(silent);
    await new Promise<void>((resolve) => silent.listen(path, resolve));
    assert.equal(await connectControl(path, 50), undefined);
  });
});

describe('the folder of a control socket whose path would be too long', () => {
  const former = { ...process.env };
  let root = '';
  let short = '';

  beforeEach(async function () {
    if (process.platform === 'win32') skipBecause(this, 'a pipe of Windows has no folder');
    root = await mkdtemp(join(tmpdir(), 'chroma-tls-control-'));
    process.env['CHROMA_TLS_DATA_DIR'] = join(root, 'long'.repeat(30));
    process.env['TMPDIR'] = root;
    short = join(root, `chroma-tls-${process.getuid?.() ?? 0}`);
  });
  afterEach(() => {
    for (const name of ['CHROMA_TLS_DATA_DIR', 'TMPDIR']) {
      const value = former[name];
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  });

  const refusal = { code: 'control-folder-not-private' };

  it('is made for this user alone, and taken again', async () => {
    assert.equal(dirname(controlPath(root, 'local')), short);
    assert.equal((await stat(short)).mode & 0o777, 0o700);
    assert.equal(dirname(controlPath(root, 'proxy')), short);
  });

  it('is refused where others may enter it, or it is a link or a file', async () => {
    await mkdir(short);
    await chmod(short, 0o755);
    assert.throws(() => controlPath(root, 'local'), refusal);
    await rm(short, { recursive: true });
    await mkdir(join(root, 'elsewhere'), { mode: 0o700 });
    await symlink(join(root, 'elsewhere'), short);
    assert.throws(() => controlPath(root, 'local'), refusal);
    await rm(short);
    await writeFile(short, '', { mode: 0o700 });
    assert.throws(() => controlPath(root, 'local'));
  });

  it('is refused where it is another user’s', async function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'only root can give a folder away');
    await mkdir(short, { mode: 0o700 });
    await chown(short, 65_534, 65_534);
    assert.throws(() => controlPath(root, 'local'), refusal);
  });
});
