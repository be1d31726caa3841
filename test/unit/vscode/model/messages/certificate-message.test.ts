import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import type { TrustChange } from '../../../../../src/certificates/authorities/trust-change.ts';
import { resolveDirectory } from '../../../../../src/certificates/public/acme/known-directories.ts';
import type { AcmeSource } from '../../../../../src/certificates/public/certificate-source.ts';
import { certificateFiles } from '../../../../../src/project/certificate-files.ts';
import {
  describeFormerTrust,
  describeGenerated,
  describeRequested,
} from '../../../../../src/vscode/model/messages/certificate-message.ts';
import { issue } from '../../../certificates/pki-fixture.ts';
import { certificate } from '../../samples.ts';

describe('the message after a new certificate', () => {
  it('says in two sentences what a new certificate means for clients', () => {
    const state = certificate();
    assert.ok(state.kind === 'present');
    const result = {
      facts: state.facts,
      files: certificateFiles(join('/w', 'certs')),
      backup: join('/w', 'certs', 'backup-1'),
      passphraseLost: false,
      endsEarly: false,
    };
    const describeAs = (change: TrustChange, endsEarly = false): string =>
      describeGenerated({ ...result, ...change, endsEarly }, '/w');
    assert.match(
      describeAs({ authority: 'created' }),
      /valid until 2027-03-04\. Clients verify it with certs.ca\.pem/,
    );
    assert.match(describeAs({ authority: 'reused' }), /need nothing new/);
    assert.match(
      describeAs({ authority: 'replaced', trustLost: 'names' }),
      /Give clients the new certs.ca\.pem, because the authority may not sign the new names\.$/,
    );
    assert.match(describeAs({ authority: 'none' }), /self-signed: clients verify it with/);
    assert.match(
      describeAs({ authority: 'none', trustLost: 'self-signed' }),
      /self-signed: give clients the new certs.ca\.pem/,
    );
    assert.match(
      describeAs({ authority: 'reused' }, true),
      /2027-03-04, when its authority expires/,
    );
    const opened = { ...result, authority: 'reused', passphraseLost: true } as const;
    assert.match(describeGenerated(opened, '/w'), /is ready, without a passphrase, valid/);
    const renewed = { ...result, authority: 'replaced', trustLost: 'names' } as const;
    assert.match(
      describeGenerated(renewed, '/w', describeFormerTrust('system, Java', true)),
      /Trust the new authority too: only the old one is trusted \(system, Java\)\.$/,
    );
    const selfSigned = { ...result, authority: 'none', trustLost: 'self-signed' } as const;
    const former = describeFormerTrust('system', false);
    assert.match(
      describeGenerated(selfSigned, '/w', former),
      /Untrust the old authority, which nothing needs any more \(system\)\.$/,
    );
  });

  it('says what a requested one is worth, and how the next one comes', async () => {
    const { certificate: leaf } = await issue({ names: ['chroma.a.test'] });
    const result = { plan: { leaf }, files: certificateFiles(join('/w', 'certs')) };
    const describeFrom = (source: Pick<AcmeSource, 'directory' | 'challenge'>): string =>
      describeRequested(result, { kind: 'acme', names: ['chroma.a.test'], ...source });
    const directory = resolveDirectory('production');
    const listener = { type: 'http-01', port: 80 } as const;
    assert.match(
      describeFrom({ directory: resolveDirectory('staging'), challenge: listener }),
      /for chroma\.a\.test is here, .*no client trusts: now request the real one/,
    );
    assert.match(describeFrom({ directory, challenge: listener }), /renews itself/);
    const byHand = { type: 'dns-01' } as const;
    assert.match(describeFrom({ directory, challenge: byHand }), /set its DNS records again/);
    assert.match(
      describeFrom({ directory, challenge: { ...byHand, hook: '/opt/hook' } }),
      /renews itself/,
    );
  });

  it('says what to do about a former authority that is still trusted', () => {
    assert.equal(describeFormerTrust('', true), undefined);
    assert.equal(describeFormerTrust('system', true)?.button.command, 'chromaTls.trustCertificate');
    const untrust = describeFormerTrust('system', false);
    assert.equal(untrust?.button.command, 'chromaTls.untrustCertificate');
  });
});
