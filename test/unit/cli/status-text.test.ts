import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { explainStatus, renderStatus, statusExitCode } from '../../../src/cli/status-text.ts';
import { reportStatus } from '../../../src/chroma/status/report-status.ts';
import type { Snapshot } from '../../../src/chroma/status/snapshot.ts';
import { EXTERNAL_SAMPLES, NOW, SAMPLES, SERVED } from '../vscode/samples.ts';

describe('the status of a server that someone else runs', () => {
  it('has the certificate that is served', () => {
    const { healthy } = EXTERNAL_SAMPLES;
    assert.deepEqual(reportStatus(healthy, NOW), {
      state: 'healthy',
      url: 'https://chroma.example:443',
      runtime: 'external',
      image: null,
      tls: 'other',
      heartbeat: { ok: true, latencyMs: healthy.probe.latencyMs },
      certificate: {
        names: ['chroma.example'],
        notAfter: SERVED.notAfter.toISOString(),
        fingerprint256: SERVED.fingerprint256,
        issuer: 'O=Their Authority, CN=Their CA',
        problems: [],
        source: null,
        renewal: null,
      },
    });
    const lines = renderStatus(healthy, NOW);
    assert.match(lines, /^runtime +external, TLS by other$/m);
    assert.match(lines, /^until +2027-01-13T12:00:00\.000Z \(Expires in 50 days\)$/m);
  });

  it('says why the certificate was refused, and nothing of what is in it', () => {
    const { heartbeat, certificate } = reportStatus(EXTERNAL_SAMPLES.unreachable, NOW);
    assert.equal(heartbeat.ok, false);
    assert.deepEqual(certificate, {
      names: [],
      notAfter: null,
      fingerprint256: null,
      issuer: null,
      problems: ['It was signed by an authority that this machine does not know.'],
      source: null,
      renewal: null,
    });
  });

  it('has no address where the domain is no name', () => {
    assert.equal(reportStatus(EXTERNAL_SAMPLES.failed, NOW).url, null);
    assert.equal(reportStatus({ ...SAMPLES.healthy, domain: 'a b' }, NOW).url, null);
  });
});

describe('the status of our own server', () => {
  it('says what it is degraded by, whether or not that is in the certificate on disk', () => {
    const probe = { ok: true, at: NOW, latencyMs: 2, servedFingerprint256: 'CD:CD' } as const;
    const snapshot: Snapshot = { ...SAMPLES.healthy, probe };
    const { state, certificate } = reportStatus(snapshot, NOW);
    assert.equal(state, 'degraded');
    assert.match(certificate.problems.join(), /still serves its previous certificate/);
    assert.match(renderStatus(snapshot, NOW), /^problems +The server still serves/m);
  });

  it('says that nothing is known where the runtime that is set cannot be asked', () => {
    const snapshot = unavailable(true);
    const report = reportStatus(snapshot, NOW);
    assert.deepEqual([report.state, report.heartbeat], ['failed', { ok: false, error: 'No.' }]);
    assert.equal(explainStatus(snapshot, NOW), 'No. Log in.');
  });

  it('says that it is not certain where an engine may know more', () => {
    const snapshot = unavailable(false);
    const report = reportStatus(snapshot, NOW);
    assert.deepEqual([report.state, report.heartbeat], ['stopped', { ok: false, error: 'No.' }]);
    assert.equal(
      explainStatus(snapshot, NOW),
      'It is not certain that no server runs. No. Log in.',
    );
  });

  it('ends with 0 where it is well or nothing is to run, else with 1', () => {
    const broken: Snapshot = {
      ...SAMPLES.stopped,
      certificate: { kind: 'broken', problems: [{ code: 'half-pair', what: 'No key.' }] },
    };
    const well = ['healthy', 'degraded', 'stopped', 'unconfigured', 'starting'] as const;
    for (const state of well) assert.equal(statusExitCode(SAMPLES[state], NOW), 0, state);
    for (const state of ['failed', 'unreachable'] as const) {
      assert.equal(statusExitCode(SAMPLES[state], NOW), 1, state);
    }
    for (const snapshot of [broken, unavailable(true), unavailable(false)]) {
      assert.equal(statusExitCode(snapshot, NOW), 1);
    }
  });
});

function unavailable(isDecisive: boolean): Snapshot {
  const problem = { code: 'docker-not-permitted', what: 'No.', next: 'Log in.' };
  return {
    ...SAMPLES.stopped,
    observation: { kind: 'none', unavailable: { problem, isDecisive } },
  };
}
