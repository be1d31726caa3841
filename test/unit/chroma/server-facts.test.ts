import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Runtime } from '../../../src/chroma/runtimes/runtime.ts';
import type { Observation } from '../../../src/chroma/server-facts.ts';
import { Server } from '../../../src/chroma/server/server.ts';
import { startChroma } from '../../../src/workspace/start.ts';
import { reduce } from '../../../src/chroma/status/reduce-snapshot.ts';
import { deriveStatus, type Status } from '../../../src/chroma/status/derive-status.ts';
import type { Snapshot } from '../../../src/chroma/status/snapshot.ts';
import { readSettings, type Settings } from '../../../src/project/settings.ts';
import { makeWorkspace } from '../certificates/workspace-fixture.ts';
import { certificate, SAMPLES } from '../vscode/samples.ts';
import { NONE, running, runtime } from './runtime-fixture.ts';

describe('a setting that cannot be', () => {
  /** What a user has written; each test changes it. */
  let written: Partial<Record<keyof Settings, unknown>>;
  let seen: Observation;

  async function openFolder(): Promise<Server> {
    const fixture = await makeWorkspace();
    await fixture.generate();
    const docker: Runtime = { ...runtime('docker', NONE), observe: () => Promise.resolve(seen) };
    return new Server({
      workspace: fixture.workspace,
      readSettings: () => readSettings(written),
      runtimes: [docker],
      log: () => undefined,
      keyPassphrase: () => Promise.resolve(undefined),
    });
  }

  async function look(server: Server): Promise<Status> {
    await Promise.all([server.refreshProject(), server.observe()]);
    return deriveStatus(server.snapshot, Date.now());
  }

  it('is told by name, and ends no looking: the last good ones serve', async () => {
    written = {};
    seen = running('docker');
    const server = await openFolder();
    server.watch();
    try {
      assert.notEqual((await look(server)).state, 'failed');
      written = { heartbeatInterval: 'often' };
      const status = await look(server);
      assert.ok(status.state === 'failed');
      assert.deepEqual(
        [status.problem.code, status.problem.action],
        ['invalid-setting', { openSetting: 'chromaTls.heartbeat.interval' }],
      );
      seen = NONE;
      assert.equal((await look(server)).state, 'failed');
      assert.deepEqual(server.snapshot.observation, NONE);
      written = {};
      assert.equal((await look(server)).state, 'stopped');
    } finally {
      server.dispose();
    }
  });

  it('hides nothing when a folder is opened: the other settings hold', async () => {
    written = { port: 'eighty', runtime: 'docker' };
    seen = NONE;
    const server = await openFolder();
    const status = await look(server);
    assert.ok(status.state === 'failed');
    assert.deepEqual(status.problem.action, { openSetting: 'chromaTls.port' });
    assert.equal(server.snapshot.certificate.kind, 'present');
    assert.equal(server.snapshot.settings?.settings.runtime, 'docker');
    await assert.rejects(
      startChroma(server, {
        signal: new AbortController().signal,
        consent: () => Promise.resolve(false),
        note: () => undefined,
        acceptChange: () => Promise.resolve('refuse' as const),
      }),
      { code: 'invalid-setting' },
    );
    written = {};
    assert.equal((await look(server)).state, 'stopped');
  });
});

describe('why a start did not work', () => {
  const settings = { settings: readSettings({}) };
  const before = {
    kind: 'project',
    settings,
    domain: 'localhost',
    certificate: certificate(),
  } as const;
  const failure = { problem: { code: 'expired', what: 'It has expired.' }, lastLog: [] };
  const failed: Snapshot = reduce(reduce(SAMPLES.stopped, before), { kind: 'failed', failure });
  const stateAfter = (project: typeof before | Parameters<typeof reduce>[1]): string =>
    deriveStatus(reduce(failed, project), Date.now()).state;

  it('stays for as long as nothing that it was tried with is another', () => {
    assert.equal(stateAfter({ ...before, certificate: certificate() }), 'failed');
  });

  it('goes with another certificate, domain or setting: the cure', () => {
    const renewed = certificate();
    assert.ok(renewed.kind === 'present');
    const other = { ...renewed.facts, fingerprint256: 'CD' };
    assert.equal(
      stateAfter({ ...before, certificate: { kind: 'present', facts: other } }),
      'stopped',
    );
    assert.equal(stateAfter({ ...before, domain: 'chroma.test' }), 'stopped');
    const moved = { settings: readSettings({ port: 8001 }) };
    assert.equal(stateAfter({ ...before, settings: moved }), 'stopped');
  });
});
