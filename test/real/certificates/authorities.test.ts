import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { ACMClient, ListCertificatesCommand } from '@aws-sdk/client-acm';
import { after, before, describe, it } from 'mocha';
import { parseCertificates } from '../../../src/certificates/encoding/pem-certificates.ts';
import { requirePart } from '../../parts.ts';
import { program } from '../fixtures/cli.ts';
import { Moto } from '../fixtures/moto.ts';
import { Pebble } from '../fixtures/acme/pebble.ts';

describe('the authorities and the programs that stand for public ones', () => {
  describe('Pebble', () => {
    let pebble: Pebble;

    before(async function () {
      pebble = await Pebble.start(this, {
        eab: { 'kid-1': 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W' },
        alternateRoots: 2,
        profiles: { default: 600, shortlived: 60 },
      });
    });
    after(() => {
      pebble.close();
    });

    it('has a directory, over verified TLS, with what it was told to have', async () => {
      const directory = JSON.parse(await pebble.ask(pebble.directory)) as {
        meta: { externalAccountRequired: boolean; profiles: Record<string, string> };
      };
      assert.equal(directory.meta.externalAccountRequired, true);
      assert.deepEqual(Object.keys(directory.meta.profiles), ['default', 'shortlived']);
    });

    it('shows each of its roots', async () => {
      const roots = (await pebble.issuingRoots()).flatMap(parseCertificates);
      assert.equal(new Set(roots.map(({ fingerprint256 }) => fingerprint256)).size, 3);
    });

    it('asks a DNS server that says what it was told', async () => {
      const resolver = new Resolver();
      resolver.setServers([pebble.dns.address]);
      assert.deepEqual(await resolver.resolve4('any.example'), ['127.0.0.1']);
      await pebble.dns.setTxt('_acme-challenge.any.example', 'one');
      await pebble.dns.setTxt('_acme-challenge.any.example', 'two');
      const values = await resolver.resolveTxt('_acme-challenge.any.example');
      assert.deepEqual(values.flat(), ['one', 'two']);
      await pebble.dns.clearTxt('_acme-challenge.any.example');
      await assert.rejects(resolver.resolveTxt('_acme-challenge.any.example'), { code: 'ENODATA' });
      await pebble.dns.addCaa('any.example', 'pebble.letsencrypt.org');
      const [caa] = await resolver.resolveCaa('any.example');
      assert.equal(caa?.issue, 'pebble.letsencrypt.org');
    });
  });

  for (const name of ['certbot', 'certbot new'] as const) {
    it(`${name} starts`, async function () {
      const { command, version } = requirePart(this, name);
      const { code, stdout, stderr } = await program(command, ['--version']);
      assert.deepEqual([code, stdout.trim()], [0, `certbot ${version}`], stderr);
    });
  }

  it('moto lists no certificates', async function () {
    const moto = await Moto.start(this);
    const client = new ACMClient({
      endpoint: moto.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
    });
    const { CertificateSummaryList } = await client.send(new ListCertificatesCommand({}));
    assert.deepEqual(CertificateSummaryList, []);
    moto.close();
  });
});
