import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { isMadeHere } from '../../../../src/certificates/authorities/made-here.ts';
import { skipBecause } from '../../../harness/skip-reasons.ts';
import { hasOpenssl, makeWorkspace, type WorkspaceFixture } from '../workspace-fixture.ts';

describe('a certificate that can be made again', () => {
  let fixture: WorkspaceFixture;
  const madeHere = (): Promise<boolean> => isMadeHere(fixture.workspace, fixture.folder);

  beforeEach(async () => {
    fixture = await makeWorkspace();
  });

  it('is one that was made here, of whatever kind', async () => {
    assert.equal(await madeHere(), false);
    await fixture.generate();
    assert.equal(await madeHere(), true);
    await fixture.generate({ keepAuthorityKey: false });
    assert.equal(await madeHere(), true);
    for (const kind of ['self-signed', 'seed'] as const) {
      await fixture.generate({ kind });
      assert.equal(await madeHere(), true);
    }
  });

  it('is none that another machine made, or another authority', async function () {
    await fixture.generate();
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    assert.equal(await madeHere(), false);
    if (!hasOpenssl()) skipBecause(this, 'openssl makes the certificate');
    await rm(fixture.files.certificate);
    fixture.openssl(
      ...['req', '-x509', '-nodes', '-newkey', 'rsa:2048', '-subj', '/O=Chroma Friends/CN=a.test'],
      ...['-keyout', 'serverkey.pem', '-out', 'servercert.pem'],
    );
    assert.equal(await madeHere(), false);
  });
});
