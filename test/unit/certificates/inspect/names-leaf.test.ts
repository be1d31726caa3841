import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { loadAuthority } from '../../../../src/certificates/authorities/authority-store.ts';
import { isShown } from '../../../../src/certificates/inspect/certificate-state.ts';
import { inspectCertificate } from '../../../../src/certificates/inspect/inspect.ts';
import { readVerifiedLeaves } from '../../../../src/certificates/inspect/trust-anchors.ts';
import { signLeaf } from '../../../../src/certificates/issue/leaf.ts';
import { toPem } from '../../../../src/certificates/issue/profile.ts';
import { parseServerName } from '../../../../src/project/domain.ts';
import { makeWorkspace, type WorkspaceFixture } from '../workspace-fixture.ts';

describe('the certificate for host names alone', () => {
  let fixture: WorkspaceFixture;
  const now = new Date();

  beforeEach(async () => {
    fixture = await makeWorkspace();
    await fixture.generate({ now });
  });

  /** Its fingerprint, where it counts. */
  async function findNames(): Promise<string | undefined> {
    const state = await inspectCertificate(fixture.folder, 'localhost');
    assert.ok(state.kind === 'present', state.kind);
    const { namesFingerprint256: found } = state.facts;
    assert.equal((await readVerifiedLeaves(fixture.folder)).length, found === undefined ? 1 : 2);
    return found;
  }

  it('counts as what a server may show, beside the ordinary one', async () => {
    const found = await findNames();
    assert.equal(found, new X509Certificate(await readFile(fixture.files.names)).fingerprint256);
    const state = await inspectCertificate(fixture.folder, 'localhost');
    assert.ok(state.kind === 'present');
    assert.ok(isShown(state.facts, found));
    assert.ok(isShown(state.facts, state.facts.fingerprint256));
    assert.ok(!isShown(state.facts, '00:11'));
    const { namesFingerprint256: _, ...alone } = state.facts;
    assert.ok(!isShown(alone, found));
  });

  it('counts as none where it is missing, damaged or cannot be read', async () => {
    const { names } = fixture.files;
    await rm(names);
    assert.equal(await findNames(), undefined);
    await writeFile(names, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    assert.equal(await findNames(), undefined);
    await rm(names);
    await mkdir(names);
    assert.equal(await findNames(), undefined);
  });

  it('counts as none beside a certificate of another key, of another authority too', async () => {
    const { files } = fixture;
    const former = await readFile(files.names);
    await fixture.generate({ now });
    await writeFile(files.names, former);
    assert.equal(await findNames(), undefined, 'of the same authority');
    const other = await makeWorkspace();
    await other.generate({ now });
    await writeFile(files.names, await readFile(other.files.names));
    assert.equal(await findNames(), undefined, 'of another authority');
  });

  it('counts as none with other days or names, or without the authority’s signature', async () => {
    const { workspace, files } = fixture;
    const authority = await loadAuthority(workspace);
    assert.ok(authority);
    const { publicKey } = new X509Certificate(await readFile(files.certificate));
    const put = async (
      how: { days?: number; names?: readonly string[]; at?: Date },
      signer = authority,
    ): Promise<string | undefined> => {
      const { days = 365, names = ['localhost'], at = now } = how;
      const request = { days, now: at, names: names.map(parseServerName) };
      await writeFile(files.names, toPem(signLeaf(signer, publicKey, request)));
      return findNames();
    };
    assert.ok(await put({}), 'this is how it has to be');
    assert.equal(await put({ days: 364 }), undefined);
    assert.equal(await put({ at: new Date(now.getTime() - 5000) }), undefined);
    assert.equal(await put({ names: ['other.test'] }), undefined);
    assert.equal(await put({ names: ['localhost', '127.0.0.1'] }), undefined);
    const key = createPrivateKey(await readFile(files.key));
    assert.equal(await put({}, { ...authority, privateKey: key }), undefined);
  });

  it('goes with its certificate: into a backup, and away with one that has none', async () => {
    const { folder, files } = fixture;
    const before = await readFile(files.names, 'utf8');
    const { backup = '' } = await fixture.generate({ kind: 'self-signed' });
    assert.equal(await readFile(join(backup, 'servercert-names.pem'), 'utf8'), before);
    await assert.rejects(readFile(files.names), { code: 'ENOENT' });
    assert.equal((await readVerifiedLeaves(folder)).length, 1);
  });
});
