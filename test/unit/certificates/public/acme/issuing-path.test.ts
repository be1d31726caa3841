import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'mocha';
import { parseCertificates } from '../../../../../src/certificates/encoding/pem-certificates.ts';
import { findIssuingPath } from '../../../../../src/certificates/public/acme/issuing-path.ts';
import { issue, issueChain, type Party } from '../../pki-fixture.ts';

const { signal } = new AbortController();

describe('the way from an issued certificate to its root', () => {
  let server: Server;
  let address: string;
  let served: Buffer | undefined;

  before(async () => {
    server = createServer((_request, response) => response.end(served));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/root`;
  });
  beforeEach(() => {
    served = undefined;
  });
  after(() => server.close());

  /** A chain whose intermediate says where the root is. */
  async function issuePointing(): Promise<{ root: Party; chain: string }> {
    const root = await issue({ name: 'Root', ca: true });
    const middle = await issue({ name: 'Middle', ca: true, by: root, issuerUrl: address });
    return { root, chain: (await issue({ name: 'Leaf', by: middle })).pem + middle.pem };
  }

  it('is the chain up to a root that a user named', async () => {
    const { root, middle, leaf } = await issueChain();
    const other = await issue({ name: 'Root', ca: true });
    const chain = leaf.pem + middle.pem;
    const found = await findIssuingPath({ chain, more: [other.pem + root.pem], signal });
    assert.deepEqual(fingerprints(found.chain), fingerprints(chain));
    assert.deepEqual(fingerprints(found.root ?? ''), [root.certificate.fingerprint256]);
  });

  it('is an alternate chain where only its root is known', async () => {
    const { middle, leaf } = await issueChain();
    const known = await issue({ name: 'Known', ca: true });
    const alternate = await issue({ name: 'Middle', ca: true, by: known, keys: middle.keys });
    const found = await findIssuingPath({
      chain: leaf.pem + middle.pem,
      more: [leaf.pem + alternate.pem, known.pem],
      signal,
    });
    assert.deepEqual(fingerprints(found.chain), fingerprints(leaf.pem + alternate.pem));
    assert.deepEqual(fingerprints(found.root ?? ''), [known.certificate.fingerprint256]);
  });

  it('ends at the root that the chain itself names', async () => {
    const { root, chain } = await issuePointing();
    for (const content of [root.certificate.raw, Buffer.from(root.pem)]) {
      served = content;
      const found = await findIssuingPath({ chain, more: [], signal });
      assert.deepEqual(fingerprints(found.root ?? ''), [root.certificate.fingerprint256]);
    }
  });

  it('does not end at what somebody else serves there', async () => {
    const { chain } = await issuePointing();
    const impostor = await issue({ name: 'Root', ca: true });
    for (const content of [impostor.certificate.raw, Buffer.from('no certificate'), undefined]) {
      served = content;
      await assert.rejects(findIssuingPath({ chain, more: [impostor.pem], signal }), {
        code: 'issuing-root-unknown',
      });
    }
  });

  it('has no beginning where there is no certificate', async () => {
    await assert.rejects(findIssuingPath({ chain: 'none', more: [], signal }), {
      code: 'acme-chain-unreadable',
    });
  });
});

function fingerprints(pem: string): readonly string[] {
  return parseCertificates(pem).map(({ fingerprint256 }) => fingerprint256);
}
