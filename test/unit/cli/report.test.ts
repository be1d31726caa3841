import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { renderStatus, reportStatus } from '../../../src/cli/report.ts';
import { EXTERNAL_SAMPLES, NOW, SAMPLES, SERVED } from '../vscode/samples.ts';

describe('the status of a server that someone else runs', () => {
  it('has the certificate that is served', () => {
    const { healthy } = EXTERNAL_SAMPLES;
    assert.deepEqual(reportStatus(healthy), {
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
      },
    });
    const lines = renderStatus(healthy, NOW);
    assert.match(lines, /^runtime +external, TLS by other$/m);
    assert.match(lines, /^until +2027-01-13T12:00:00\.000Z \(Expires in 50 days\)$/m);
  });

  it('says why the certificate was refused, and nothing of what is in it', () => {
    const { heartbeat, certificate } = reportStatus(EXTERNAL_SAMPLES.unreachable);
    assert.equal(heartbeat.ok, false);
    assert.deepEqual(certificate, {
      names: [],
      notAfter: null,
      fingerprint256: null,
      issuer: null,
      problems: ['It was signed by an authority that this machine does not know.'],
    });
  });

  it('has no address where the domain is no name', () => {
    assert.equal(reportStatus(EXTERNAL_SAMPLES.failed).url, null);
    assert.equal(reportStatus({ ...SAMPLES.healthy, domain: 'a b' }).url, null);
  });
});
