import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { Observer } from '../../../../src/chroma/server/observer.ts';
import type { Doing } from '../../../../src/chroma/start-lock.ts';
import { workspaceDataFolder } from '../../../../src/project/data-folder.ts';
import { LOCATION } from '../../../../src/project/workspace-identity.ts';
import { until } from '../../../harness/until.ts';
import { LockProcesses } from '../../system/files/lock-processes.ts';

describe('what another window or terminal does', () => {
  let processes: LockProcesses;
  let folder = '';
  let observer: Observer;
  let heard: (Doing | undefined)[] = [];

  before(async () => {
    processes = new LockProcesses(await mkdtemp(join(tmpdir(), 'chroma-tls-lock-code-')));
    await processes.prepare();
  });
  beforeEach(async () => {
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    const workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-elsewhere-'));
    folder = workspaceDataFolder(workspace);
    observer = new Observer({ workspace, runtimes: [], log: () => undefined });
    heard = [];
  });
  afterEach(() => {
    observer.dispose();
  });
  after(() => {
    processes.endAll();
  });

  function follow(): void {
    observer.follow(
      () => Promise.resolve(),
      (doing) => heard.push(doing),
    );
  }

  it('is heard of where nothing was ever started, which alone does not count as use', async () => {
    follow();
    await until('the folder that is watched', () => existsSync(folder));
    assert.ok(!existsSync(join(folder, LOCATION)));
    const other = await processes.hold(join(folder, 'start.lock'));
    await until('the start', () => heard.at(-1) === 'starting');
    other.kill('SIGKILL');
    await until('its end', () => heard.length > 1 && heard.at(-1) === undefined);
  });

  it('is over once it was killed, also where only an observation saw it', async () => {
    await mkdir(folder, { recursive: true });
    const other = await processes.hold(join(folder, 'start.lock'));
    follow();
    assert.equal((await observer.look('auto'))?.elsewhere, 'starting');
    other.kill('SIGKILL');
    await until('its end', () => heard.length > 0 && heard.at(-1) === undefined);
  });
});
