import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import {
  readSource,
  type CertificateSource,
} from '../../../../src/certificates/public/certificate-source.ts';
import { certificateFiles } from '../../../../src/project/certificate-files.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { installIssued } from '../../../../src/workspace/public/install-issued.ts';
import { issue, type Party } from '../../certificates/pki-fixture.ts';
import { openContext } from '../open-context.ts';

describe('putting an issued certificate in place', () => {
  it('knows where each of the two came from, wherever it breaks off', async () => {
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    const workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-install-'));
    const context = await openContext(workspace, DEFAULT_SETTINGS);
    const authority = await issue({ name: 'Own', ca: true });
    const [former, next] = [await issue({ by: authority }), await issue({ by: authority })];
    const install = async ({ pem, keyPem }: Party, lineage: string): Promise<void> => {
      const issued = { key: keyPem, chain: pem, root: authority.pem };
      await installIssued(context, issued, certbot(lineage));
    };
    const sourceOf = ({ certificate }: Party): Promise<CertificateSource | undefined> =>
      readSource(workspace, certificate.fingerprint256);

    await install(former, 'former');
    assert.deepEqual(await sourceOf(former), certbot('former'));

    // Nothing can be put in place.
    const { ca } = certificateFiles(context.certificatesFolder);
    await rm(ca);
    await mkdir(ca);
    for (let times = 0; times < 2; times += 1) {
      await assert.rejects(install(next, 'next'));
      assert.deepEqual(await sourceOf(former), certbot('former'), 'it is still there');
      assert.deepEqual(await sourceOf(next), certbot('next'), 'a crash a moment later left this');
    }

    await rm(ca, { recursive: true });
    await install(next, 'next');
    assert.deepEqual(await sourceOf(next), certbot('next'));
    assert.equal(await sourceOf(former), undefined);
  });
});

function certbot(lineage: string): CertificateSource {
  return { kind: 'certbot', lineage, live: `/live/${lineage}` };
}
