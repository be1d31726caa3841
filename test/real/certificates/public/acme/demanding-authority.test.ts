import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { parseCertificates } from '../../../../../src/certificates/encoding/pem-certificates.ts';
import { requestArguments } from '../../../fixtures/acme/acme-request.ts';
import { Workspace, type CliOutcome } from '../../../fixtures/cli.ts';
import { Pebble } from '../../../fixtures/acme/pebble.ts';

const KID = 'kid-1';
const HMAC = 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W';

describe('an ACME authority that knows its customers, and refuses every other nonce', () => {
  let pebble: Pebble;
  let workspace: Workspace;

  before(async function () {
    pebble = await Pebble.start(this, {
      eab: { [KID]: HMAC },
      nonceReject: 50,
      strict: true,
      alternateRoots: 1,
    });
    workspace = await Workspace.create(pebble.env);
    await writeFile(join(workspace.folder, 'hmac.txt'), `${HMAC}\n`);
    await writeFile(join(workspace.folder, 'other.txt'), `${'A'.repeat(64)}\n`);
  });
  after(() => {
    pebble.close();
  });

  const request = (kid: string | undefined, file: string | undefined): Promise<CliOutcome> =>
    workspace.run(requestArguments(pebble, { 'eab-kid': kid, 'eab-hmac-file': file }));

  it('says that it wants a key of an account, and which are wrong', async () => {
    for (const [kid, file, cure] of [
      [undefined, undefined, /account that you have with it.*--eab-kid and --eab-hmac-file/s],
      [KID, 'other.txt', /refuses the key id or the HMAC key.*--eab-kid and --eab-hmac-file/s],
      ['kid-9', 'hmac.txt', /refuses the key id or the HMAC key.*--eab-kid and --eab-hmac-file/s],
    ] as const) {
      const { code, stderr } = await request(kid, file);
      assert.equal(code, 1, stderr);
      assert.match(stderr, cure);
    }
    assert.equal(await pebble.requestsFor('newOrder'), 0);
  });

  it('issues a certificate, which stands on one of its roots', async () => {
    const { code, stderr } = await request(KID, 'hmac.txt');
    assert.equal(code, 0, stderr);
    const certs = join(workspace.folder, 'certs');
    const chain = parseCertificates(await readFile(join(certs, 'servercert.pem'), 'utf8'));
    const root = new X509Certificate(await readFile(join(certs, 'ca.pem')));
    assert.equal(chain[0]?.checkHost('chroma.test'), 'chroma.test');
    assert.ok(chain.at(-1)?.verify(root.publicKey));
    const roots = (await pebble.issuingRoots()).flatMap(parseCertificates);
    assert.ok(roots.some(({ fingerprint256 }) => fingerprint256 === root.fingerprint256));
  });
});
