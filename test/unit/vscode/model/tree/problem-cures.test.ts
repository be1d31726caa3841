import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Snapshot } from '../../../../../src/chroma/status/snapshot.ts';
import { chooseCure } from '../../../../../src/vscode/model/tree/problem-cures.ts';
import { EXTERNAL_SAMPLES, SAMPLES, SERVER } from '../../samples.ts';

const EXPIRED = { code: 'expired', what: 'It expired.' };

describe('the cure of a problem', () => {
  it('is the one that it names', () => {
    const problem = { code: 'port-taken', what: 'Taken.', action: { usePort: 8001 } } as const;
    const { command, arguments: given } = chooseCure(problem, SAMPLES.failed);
    assert.deepEqual([command, given], ['chromaTls.startServer', [{ port: 8001 }]]);
  });

  it('is a new certificate from where the present one came', () => {
    const by = (source: NonNullable<Snapshot['renewal']>['source']): string =>
      chooseCure(EXPIRED, { ...SAMPLES.stopped, renewal: { source, record: {} } }).command;
    assert.equal(by({ kind: 'own-authority' }), 'chromaTls.generateCertificate');
    assert.equal(by({ kind: 'self-signed' }), 'chromaTls.generateCertificate');
    assert.equal(by({ kind: 'imported' }), 'chromaTls.importCertificate');
    assert.equal(
      by({ kind: 'certbot', lineage: 'a.test', live: '/live/a.test' }),
      'chromaTls.renewCertificate',
    );
  });

  it('puts broken files aside before it makes new ones', () => {
    const half = { code: 'half-pair', what: 'serverkey.pem is missing.' } as const;
    const broken = { kind: 'broken', problems: [half] } as const;
    const cure = chooseCure(half, { ...SAMPLES.stopped, certificate: broken });
    assert.deepEqual(cure.arguments, [{ replaceBroken: true }]);
  });

  it('is no restart where that reaches no TLS proxy of the user’s own', () => {
    const problem = { code: 'serves-previous-certificate', what: 'The old one.' };
    assert.equal(chooseCure(problem, SAMPLES.healthy).command, 'chromaTls.restartServer');
    const server = { ...SERVER, proxyService: 'caddy' };
    const theirs: Snapshot = { ...SAMPLES.healthy, observation: { kind: 'running', server } };
    assert.equal(chooseCure(problem, theirs).command, 'chromaTls.showStatus');
  });

  it('is nothing of ours where someone else runs the server', () => {
    assert.equal(chooseCure(EXPIRED, EXTERNAL_SAMPLES.healthy).command, 'chromaTls.showStatus');
  });
});
