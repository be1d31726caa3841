import assert from 'node:assert/strict';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { describe, it } from 'mocha';
import { parseCertificates } from '../../../../../src/certificates/encoding/pem-certificates.ts';
import { writeRoots } from '../../../../../src/certificates/public/certbot/roots-file.ts';
import { issue } from '../../pki-fixture.ts';

describe('the roots that certbot is given', () => {
  it('are the public ones and those that a user has named', async () => {
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    const workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-roots-'));
    assert.equal(await writeRoots(workspace, undefined), undefined);
    const { pem, certificate } = await issue({ ca: true });
    const file = (await writeRoots(workspace, pem)) ?? '';
    const written = parseCertificates(await readFile(file, 'utf8'));
    const fingerprints = new Set(written.map(({ fingerprint256 }) => fingerprint256));
    assert.ok(fingerprints.has(certificate.fingerprint256));
    for (const root of parseCertificates(rootCertificates.join('\n'))) {
      assert.ok(fingerprints.has(root.fingerprint256), root.subject);
    }
  });
});
