import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { requirePart } from '../parts.ts';
import { Workspace } from './cli.ts';
import { makeEnvironment } from './environments.ts';
import { ADDED_AND_FOUND, addAndQuery } from './python-client.ts';

describe('a private environment for an old line', function () {
  this.timeout(300_000);
  const opened: Workspace[] = [];

  afterEach(async () => {
    for (const workspace of opened.splice(0)) await workspace.run(['stop']);
  });

  /** Installs 0.5.13 as a person would who agrees, and lets a client of that version use it. */
  async function install(env: NodeJS.ProcessEnv): Promise<Workspace> {
    const workspace = await Workspace.create(env);
    opened.push(workspace);
    const local = ['--runtime', 'local', '--image', 'chromadb/chroma:0.5.13'];
    const asked = await workspace.start(...local);
    assert.match(asked.stderr, /No Chroma 0\.x was found.*Install chromadb 0\.5\.13 .*--yes/);
    const started = await workspace.start(...local, '--yes');
    assert.equal(started.code, 0, started.stderr);
    const report = await workspace.status();
    assert.deepEqual([report.image, report.tls], ['chroma 0.5.13', 'uvicorn']);
    // With today's packages it would start and beat, but take no collection.
    const used = await addAndQuery(workspace, join(environmentOf(workspace), 'bin', 'python'));
    assert.equal(used.stdout, ADDED_AND_FOUND, used.stderr);
    return workspace;
  }

  const environmentOf = (workspace: Workspace): string =>
    join(workspace.env['CHROMA_TLS_DATA_DIR'] ?? '', 'python', 'chroma-0.5.13');

  it('is made by uv with the packages of its time', async function () {
    const uv = requirePart(this, 'uv');
    const path = [dirname(uv.command), process.env['PATH']].join(delimiter);
    const workspace = await install({ ...uv.env, PATH: path });
    await assert.rejects(access(join(environmentOf(workspace), 'bin', 'uv')));
  });

  it('is not taken for one where its making was broken off', async function () {
    const uv = requirePart(this, 'uv');
    const path = [dirname(uv.command), process.env['PATH']].join(delimiter);
    const workspace = await Workspace.create({ ...uv.env, PATH: path });
    const { python } = requirePart(this, 'chroma 0.5.13');
    await makeEnvironment(python, environmentOf(workspace), '0.5.13');
    const asked = await workspace.start('--runtime', 'local', '--image', 'chromadb/chroma:0.5.13');
    assert.match(asked.stderr, /No Chroma 0\.x was found/);
  });

  it('is made by pip where there is no uv, which it brings', async function () {
    const { env } = requirePart(this, 'uv');
    const workspace = await install(env);
    await access(join(environmentOf(workspace), 'bin', 'uv'));
  });
});
