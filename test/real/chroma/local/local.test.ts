import assert from 'node:assert/strict';
import { delimiter, dirname, join, resolve } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import { LocalRuntime } from '../../../../src/chroma/runtimes/local/local.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { until } from '../../../harness/until.ts';
import { requirePart } from '../../../parts.ts';
import { Workspace } from '../../fixtures/cli.ts';
import { processesOf, untilNoneRuns } from '../../fixtures/processes.ts';
import { ADDED_AND_FOUND, addAndQuery } from '../../fixtures/python-client.ts';

describe('Chroma without Docker', () => {
  const opened: Workspace[] = [];
  let path = '';
  let python = '';
  let chromaCommand = '';

  before(function () {
    const chroma = requirePart(this, 'chroma 1.5.9');
    ({ python } = chroma);
    chromaCommand = chroma.command;
    path = [dirname(chroma.command), process.env['PATH']].join(delimiter);
  });
  afterEach(async () => {
    for (const workspace of opened.splice(0)) await workspace.run(['stop']);
  });

  async function open(): Promise<Workspace> {
    const workspace = await Workspace.create({ PATH: path });
    opened.push(workspace);
    return workspace;
  }

  /** Starts a server as VS Code does: it lives as long as a window holds it. */
  async function startHeld(workspace: Workspace): Promise<LocalRuntime> {
    await workspace.run(['generate']);
    process.env['CHROMA_TLS_DATA_DIR'] = workspace.env['CHROMA_TLS_DATA_DIR'];
    const settings = { ...DEFAULT_SETTINGS, port: workspace.port, localCommand: chromaCommand };
    const runtime = new LocalRuntime({
      workspace: workspace.folder,
      supervisorFile: resolve('dist/supervisor.js'),
      readSettings: () => settings,
      held: true,
      log: () => undefined,
    });
    await runtime.start(
      {
        workspace: workspace.folder,
        certificatesFolder: join(workspace.folder, 'certs'),
        settings,
      },
      {
        report: () => undefined,
        note: () => undefined,
        signal: AbortSignal.timeout(300_000),
        consent: () => Promise.resolve(false),
      },
    );
    return runtime;
  }

  it('generate, start, heartbeat, stop, and no process stays', async () => {
    const workspace = await open();
    const started = await workspace.start('--runtime', 'local');
    assert.equal(started.code, 0, started.stderr);
    const report = await workspace.status();
    assert.deepEqual(
      [report.state, report.runtime, report.tls, report.image],
      ['healthy', 'local', 'embedded', 'chroma 1.5.9'],
    );
    assert.match((await workspace.curl('/api/v2/heartbeat')).stdout, /nanosecond heartbeat/);
    assert.ok(processesOf(workspace).length >= 2);
    assert.equal((await workspace.run(['stop'])).code, 0);
    await untilNoneRuns(workspace);
  });

  it('serves a Python client that verifies against ca.pem, and no other', async () => {
    const workspace = await open();
    await workspace.start('--runtime', 'local');
    assert.equal((await addAndQuery(workspace, python)).stdout, ADDED_AND_FOUND);
    const distrusted = await addAndQuery(workspace, python, 'True');
    assert.notEqual(distrusted.code, 0, 'the system does not know our authority');
  });

  it('serves a renewed certificate without a restart', async () => {
    const workspace = await open();
    await workspace.start('--runtime', 'local');
    const before = processesOf(workspace);
    const old = (await workspace.status()).certificate.fingerprint256;
    await workspace.run(['generate']);
    const report = await until(
      'the new one is served: degraded would mean that the old one is',
      () => workspace.status(),
      ({ state }) => state === 'healthy',
    );
    assert.notEqual(report.certificate.fingerprint256, old);
    assert.deepEqual(processesOf(workspace), before);
  });

  it('ends after the last window that holds it, and the time of a reload', async () => {
    const workspace = await open();
    const runtime = await startHeld(workspace);
    let isConnected = false;
    const watch = runtime.watch(() => {
      isConnected = true;
    });
    await until('the window holds it', () => isConnected);
    watch.dispose();
    assert.ok(processesOf(workspace).length >= 2, 'a reload must find it again');
    await until('nothing of it runs', () => processesOf(workspace).length === 0);
  });

  it('installs a private Chroma, once the user agreed to its size', async () => {
    const workspace = await Workspace.create();
    opened.push(workspace);
    const asked = await workspace.start('--runtime', 'local');
    assert.equal(asked.code, 1);
    assert.match(
      asked.stderr,
      /Install chromadb 1\.5\.9 privately \(2\d MB to download, [56]\d MB on disk\)\?.*--yes/,
    );
    const agreed = await workspace.start('--runtime', 'local', '--yes');
    assert.equal(agreed.code, 0, agreed.stderr);
    assert.equal((await workspace.status()).image, 'chroma 1.5.9');
  });

  it('is what auto picks where no engine answers, and it says why', async () => {
    const workspace = await Workspace.create({
      PATH: path,
      DOCKER_HOST: 'tcp://127.0.0.1:1',
    });
    opened.push(workspace);
    const started = await workspace.start();
    assert.equal(started.code, 0, started.stderr);
    assert.match(started.stderr, /Using local .*engine does not answer/);
  });
});
