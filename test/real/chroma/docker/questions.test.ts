import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import { requirePart } from '../../../parts.ts';
import { useDockerWorkspaces } from '../../fixtures/docker.ts';
import type { Workspace } from '../../fixtures/cli.ts';

describe('what Docker is asked, for each of which its client has to start', () => {
  const open = useDockerWorkspaces();

  before(function () {
    requirePart(this, 'docker');
    requirePart(this, 'image chromadb/chroma:1.5.9');
    requirePart(this, 'image nginx:1.29-alpine');
  });

  /** Which commands Docker was given by a verb, and how often each. */
  async function asked(
    workspace: Workspace,
    ...[verb = '', ...args]: readonly string[]
  ): Promise<Readonly<Record<string, number>>> {
    const log = join(workspace.folder, 'asked');
    const engine = join(workspace.folder, 'engine');
    await rm(log, { force: true });
    await writeFile(engine, `#!/bin/sh\necho "$1" >> "$ASKED"\nexec docker "$@"\n`, {
      mode: 0o755,
    });
    const command = [verb, '--container-command', engine, ...args];
    const { code, stderr } = await workspace.run(command, { ASKED: log });
    assert.equal(code, 0, stderr);
    const counts: Record<string, number> = {};
    for (const name of (await readFile(log, 'utf8')).split('\n').filter(Boolean)) {
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  it('is each thing once for a start, but for what there is', async () => {
    const workspace = await open();
    const start = ['start', '--runtime', 'docker', '--port', String(workspace.port)];
    assert.equal((await workspace.run(start)).code, 0);
    assert.equal((await workspace.run(['stop'])).code, 0);
    // The slower the machine, the more often it is looked whether the server still runs.
    const { ps: _ps, inspect: _inspect, ...once } = await asked(workspace, ...start);
    assert.deepEqual(once, {
      '--version': 1,
      context: 1,
      version: 1,
      info: 1,
      image: 1,
      volume: 2,
      create: 2,
      start: 2,
    });
  });

  it('is for a stop what there is before and after, and the log', async () => {
    const workspace = await open();
    assert.equal((await workspace.start('--runtime', 'docker')).code, 0);
    assert.deepEqual(await asked(workspace, 'stop'), {
      ps: 2,
      inspect: 2,
      logs: 2,
      stop: 1,
      rm: 2,
    });
  });
});
