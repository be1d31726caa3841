import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type {
  CertificateFacts,
  CertificateState,
} from '../../../../src/certificates/inspect/certificate-state.ts';
import type { TrustState } from '../../../../src/certificates/trust/trust-state.ts';
import type { Probe } from '../../../../src/chroma/health/probe.ts';
import type { ServerFacts } from '../../../../src/chroma/server-facts.ts';
import { reduce } from '../../../../src/chroma/status/reduce-snapshot.ts';
import {
  deriveStatus,
  STARTUP_GRACE,
  type Status,
} from '../../../../src/chroma/status/derive-status.ts';
import type { Snapshot } from '../../../../src/chroma/status/snapshot.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';

const facts: CertificateFacts = {
  names: ['localhost'],
  issuer: 'CN=CA',
  issuerName: 'CA',
  serial: '01',
  notBefore: new Date(0),
  notAfter: new Date(1e12),
  fingerprint256: 'AA:BB',
  keyType: 'ECDSA P-256',
  keyEncrypted: false,
  selfSigned: false,
  problems: [],
};
const certificate: CertificateState = { kind: 'present', facts };
const server: ServerFacts = {
  id: 'one',
  runtime: 'docker',
  image: 'chromadb/chroma:1.5.9',
  tls: 'nginx',
  bindAddress: '127.0.0.1',
  port: 8000,
  startedAt: 1_000_000,
};
const well: Probe = { ok: true, at: 1_000_500, latencyMs: 2, servedFingerprint256: 'AA:BB' };
const refused = (at: number, answeredBefore = false): Probe => ({
  ok: false,
  at,
  answeredBefore,
  failure: { code: 'refused', what: 'Nothing listens.', transient: true },
});
const none: Snapshot = {
  domain: 'localhost',
  certificate: { kind: 'none' },
  observation: { kind: 'none' },
};
const running: Snapshot = { ...none, certificate, observation: { kind: 'running', server } };

const settings = { settings: DEFAULT_SETTINGS };

/** @param now a moment at which nothing is the matter with the certificate's dates */
function statusOf(snapshot: Snapshot, now = 1_002_000): Status {
  return deriveStatus(snapshot, now);
}

describe('status', () => {
  it('is unconfigured, then stopped once there is a certificate', () => {
    assert.equal(statusOf(none).state, 'unconfigured');
    assert.equal(statusOf({ ...none, certificate }).state, 'stopped');
  });

  it('is starting until a running server was heard, and healthy when it was', () => {
    assert.equal(statusOf(running).state, 'starting');
    assert.equal(statusOf({ ...running, probe: well }).state, 'healthy');
  });

  it('is degraded while others can reach a server that has a known hole', () => {
    const open = { ...server, image: 'chromadb/chroma:0.6.3', bindAddress: '0.0.0.0' };
    const observation = { kind: 'running', server: open } as const;
    const status = statusOf({ ...running, observation, probe: well });
    assert.equal(status.state, 'degraded');
    assert.match(status.problems[0]?.what ?? '', /CVE-2026-45833/);
    const unnamed = { ...open, image: 'me/chroma:prod', generation: 'python' } as const;
    const known = { ...observation, server: unnamed };
    assert.equal(statusOf({ ...running, observation: known, probe: well }).state, 'degraded');
    const near = { ...observation, server: { ...open, bindAddress: '127.0.0.1' } };
    assert.equal(statusOf({ ...running, observation: near, probe: well }).state, 'healthy');
  });

  it('is unreachable after the grace, or at once if it had answered before', () => {
    const soon = server.startedAt + 1000;
    const late = server.startedAt + STARTUP_GRACE + 1;
    assert.equal(statusOf({ ...running, probe: refused(soon) }).state, 'starting');
    assert.equal(statusOf({ ...running, probe: refused(late) }).state, 'unreachable');
    assert.equal(statusOf({ ...running, probe: refused(soon, true) }).state, 'unreachable');
  });

  it('counts a server that has answered one poll as one that has answered', () => {
    const soon = server.startedAt + 1000;
    const heard = reduce(running, { kind: 'probed', serverId: 'one', probe: well });
    // Another poll has begun meanwhile: it knows only of its own beats.
    const lost = reduce(heard, { kind: 'probed', serverId: 'one', probe: refused(soon) });
    const still = reduce(lost, { kind: 'probed', serverId: 'one', probe: refused(soon) });
    assert.deepEqual(
      [lost, still].map(deriveStatus).map(({ state }) => state),
      ['unreachable', 'unreachable'],
    );
  });

  it('is degraded while an older certificate is served, or the one on disk has a problem', () => {
    const older = statusOf({ ...running, probe: { ...well, servedFingerprint256: 'CC' } });
    assert.ok(older.state === 'degraded');
    assert.match(older.problems[0]?.next ?? '', /Restart it/);
    const open = { code: 'key-readable-by-others', what: 'chmod 600 it.' } as const;
    const readable = statusOf({
      ...running,
      certificate: { kind: 'present', facts: { ...facts, problems: [open] } },
      probe: well,
    });
    assert.deepEqual(readable.state === 'degraded' && readable.problems, [open]);
  });

  it('sends nobody to a restart that leaves their own TLS proxy alone', () => {
    const own = { ...server, runtime: 'compose', tls: 'other', proxyService: 'edge' } as const;
    const older = statusOf({
      ...running,
      observation: { kind: 'running', server: own },
      probe: { ...well, servedFingerprint256: 'CC' },
    });
    assert.ok(older.state === 'degraded');
    assert.match(older.problems[0]?.next ?? '', /Reload your own service edge/);
    assert.doesNotMatch(older.problems[0]?.next ?? '', /Restart it/);
  });

  it('speaks of what someone else’s server serves, not of the files on our disk', () => {
    const theirs = { ...server, runtime: 'external', startedAt: 0 } as const;
    const external: Snapshot = {
      ...none,
      certificate: { kind: 'broken', problems: [{ code: 'half-pair', what: 'Ours.' }] },
      observation: { kind: 'running', server: theirs },
    };
    const heard = { ...well, servedFingerprint256: 'CC', served: { ...facts, problems: [] } };
    assert.equal(statusOf({ ...external, probe: heard }).state, 'healthy');
    const status = statusOf({ ...external, probe: heard }, 1e12 - 3 * 86_400_000);
    assert.deepEqual(status.state === 'degraded' && status.problems, [
      { code: 'expires-soon', what: 'It expires in 3 days.' },
    ]);
    assert.equal(statusOf({ ...external, probe: refused(1e12) }).state, 'unreachable');
  });

  it('is unconfigured where nobody has said where someone else’s server is', () => {
    const assumed = { ...server, runtime: 'external', startedAt: 0, assumed: true } as const;
    const observation = { kind: 'running', server: assumed } as const;
    const snapshot: Snapshot = { ...none, observation, probe: refused(1e12) };
    assert.equal(statusOf(snapshot).state, 'unconfigured');
    assert.equal(statusOf({ ...snapshot, probe: well }).state, 'healthy');
  });

  it('is failed with the exit code when the container ended by itself', () => {
    const status = statusOf({
      ...running,
      observation: { kind: 'exited', server, part: 'nginx proxy', exitCode: 137, lastLog: ['x'] },
    });
    assert.ok(status.state === 'failed');
    assert.match(status.problem.what, /nginx proxy exited with code 137/);
    assert.deepEqual(status.lastLog, ['x']);
  });

  it('names what was killed', () => {
    const end = { part: 'supervisor', wasKilled: true } as const;
    const status = statusOf({
      ...running,
      observation: { kind: 'exited', server, ...end, lastLog: [] },
    });
    assert.ok(status.state === 'failed');
    assert.equal(status.problem.what, 'The supervisor was killed.');
  });

  it('says what an exit code means', () => {
    const why = (exitCode: number): string | undefined => {
      const status = statusOf({
        ...running,
        observation: { kind: 'exited', server, part: 'Chroma server', exitCode, lastLog: [] },
      });
      return status.state === 'failed' ? status.problem.why : undefined;
    };
    assert.match(why(143) ?? '', /stopped/);
    assert.match(why(0) ?? '', /stopped/);
    assert.match(why(137) ?? '', /killed/);
    assert.equal(why(1), undefined);
  });

  it('names what ended although nobody saw its exit code, and why a whole server does not serve', () => {
    const ended = statusOf({
      ...running,
      observation: { kind: 'exited', server, part: 'TLS proxy', lastLog: [] },
    });
    assert.ok(ended.state === 'failed');
    assert.equal(ended.problem.what, 'The TLS proxy has ended.');
    const problem = { code: 'server-paused', what: 'The server is paused.' };
    const halted = statusOf({
      ...running,
      observation: { kind: 'impaired', server, problem },
    });
    assert.ok(halted.state === 'failed');
    assert.equal(halted.problem, problem);
  });

  it('never credits a heartbeat to another server', () => {
    const heard = reduce(running, { kind: 'probed', serverId: 'one', probe: well });
    assert.equal(statusOf(heard).state, 'healthy');
    const replaced = reduce(heard, {
      kind: 'observed',
      observation: { kind: 'running', server: { ...server, id: 'two' } },
    });
    assert.equal(replaced.probe, undefined);
    const late = reduce(replaced, { kind: 'probed', serverId: 'one', probe: well });
    assert.equal(statusOf(late).state, 'starting');
    const same = reduce(heard, { kind: 'observed', observation: { kind: 'running', server } });
    assert.equal(statusOf(same).state, 'healthy');
  });

  it('keeps what the trust stores said, for as long as the certificate is the one they spoke of', () => {
    const trust: TrustState = [
      {
        id: 'system',
        name: 'system',
        location: '/anchors',
        users: 'all',
        needsRoot: true,
        state: 'trusted',
        hasFormer: false,
      },
    ];
    const asked = reduce(running, { kind: 'trust', certificate: 'AA:BB', trust });
    assert.equal(asked.trust, trust);
    const project = { kind: 'project', settings, domain: 'chroma.test' } as const;
    assert.equal(reduce(asked, { ...project, certificate }).trust, trust);
    const renewed: CertificateState = {
      kind: 'present',
      facts: { ...facts, fingerprint256: 'CC:DD' },
    };
    const after = reduce(asked, { ...project, certificate: renewed });
    assert.equal(after.trust, undefined);
    const late = reduce(after, { kind: 'trust', certificate: 'AA:BB', trust });
    assert.equal(late.trust, undefined, 'an answer about the certificate before is void');
  });

  it('keeps why a start failed until a new start, or a server that runs', () => {
    const failure = { problem: { code: 'port-taken', what: 'Port 8000 is taken.' }, lastLog: [] };
    const failed = reduce(reduce({ ...none, certificate }, { kind: 'failed', failure }), {
      kind: 'operation',
      operation: undefined,
    });
    assert.equal(statusOf(failed).state, 'failed');
    const seen = reduce(failed, { kind: 'observed', observation: { kind: 'none' } });
    assert.equal(statusOf(seen).state, 'failed');
    const again = reduce(failed, {
      kind: 'operation',
      operation: { kind: 'starting', step: { kind: 'choosing' } },
    });
    assert.equal(again.failure, undefined);
    assert.equal(
      statusOf(reduce(failed, { kind: 'observed', observation: running.observation })).state,
      'starting',
    );
  });
});
