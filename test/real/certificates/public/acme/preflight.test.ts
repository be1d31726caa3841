import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Challenge } from '../../../../../src/certificates/public/certificate-source.ts';
import { chooseNameServers } from '../../../../../src/certificates/public/acme/dns/name-servers.ts';
import { KNOWN_DIRECTORIES } from '../../../../../src/certificates/public/acme/known-directories.ts';
import { preflight } from '../../../../../src/certificates/public/acme/preflight.ts';
import { parseServerName } from '../../../../../src/project/domain.ts';
import { ChallengeDns } from '../../../fixtures/acme/challenge-dns.ts';

const HTTP: Challenge = { type: 'http-01', port: 80 };
const DNS: Challenge = { type: 'dns-01' };
const [STAGING, PRODUCTION] = KNOWN_DIRECTORIES;

describe('looking ahead before an ACME order', () => {
  let dns: ChallengeDns;

  before(async function () {
    dns = await ChallengeDns.start(this, '');
    await dns.addA('chroma.example.com', '192.0.2.1');
    await dns.addA('inside.example.com', '10.1.2.3');
  });
  after(() => {
    dns.close();
  });

  interface Order {
    readonly challenge?: Challenge;
    readonly url?: string;
    readonly profile?: string;
    readonly rehearsed?: readonly string[];
  }

  /** @returns what is advised */
  async function look(names: readonly string[], order: Order = {}): Promise<readonly string[]> {
    const { challenge = HTTP, url = STAGING.url, profile, rehearsed = [] } = order;
    const advice: string[] = [];
    await preflight(
      {
        names: names.map(parseServerName),
        source: { challenge, ...(profile === undefined ? {} : { profile }) },
        directory: { url, caaIdentities: ['letsencrypt.org'] },
        rehearsed,
        report: (words) => advice.push(words),
        signal: new AbortController().signal,
      },
      chooseNameServers({ CHROMA_TLS_DNS_SERVERS: dns.address }),
    );
    return advice;
  }

  it('has nothing against a name that leads somewhere', async () => {
    assert.deepEqual(await look(['chroma.example.com']), []);
  });

  it('refuses a name that leads nowhere, unless it is proved by DNS', async () => {
    await assert.rejects(look(['chroma.example.com', 'nowhere.example.com']), {
      message: /knows no address of nowhere\.example\.com/,
    });
    assert.deepEqual(await look(['nowhere.example.com', '*.example.com'], { challenge: DNS }), []);
  });

  it('only mentions it of an authority of one’s own, which may know it otherwise', async () => {
    const own = { url: 'https://ca.inside.example/directory' };
    assert.deepEqual(await look(['nowhere.invalid'], own), [
      'the DNS here knows no address of nowhere.invalid',
    ]);
  });

  it('mentions a name that leads to a private network', async () => {
    const [advice] = await look(['inside.example.com']);
    assert.match(advice ?? '', /no authority can reach .*10\.1\.2\.3/);
  });

  it('refuses what CAA records forbid, at the name or above it', async () => {
    await dns.addA('deep.below.caa.example', '192.0.2.1');
    await dns.addCaa('caa.example', 'pki.goog');
    await assert.rejects(look(['deep.below.caa.example']), {
      message:
        /Its CAA records allow pki\.goog, and this authority is letsencrypt\.org\. Add caa\.example CAA/,
    });
    await dns.addCaa('below.caa.example', 'letsencrypt.org');
    assert.deepEqual(await look(['deep.below.caa.example']), []);
    await dns.addCaa('wild.example', 'letsencrypt.org');
    assert.deepEqual(await look(['*.wild.example'], { challenge: DNS }), []);
    await dns.addCaa('nowild.example', 'pki.goog', 'issuewild');
    await assert.rejects(look(['*.nowild.example'], { challenge: DNS }), { code: 'caa-forbids' });
  });

  it('takes what a name server cannot say for no failure', async () => {
    await dns.setServfail('broken.example');
    assert.deepEqual(await look(['broken.example']), []);
  });

  it('knows in which profile Let’s Encrypt signs addresses', async () => {
    await assert.rejects(look(['192.0.2.1']), { code: 'acme-profile-unfit' });
    await assert.rejects(look(['192.0.2.1'], { profile: 'tlsserver' }), /tlsserver is asked for/);
    assert.deepEqual(await look(['192.0.2.1'], { profile: 'shortlived' }), []);
    assert.deepEqual(await look(['192.0.2.1'], { url: 'https://ca.inside.example/dir' }), []);
  });

  it('advises a trial before what has narrow limits', async () => {
    const { url } = PRODUCTION;
    const [advice] = await look(['chroma.example.com'], { url });
    assert.match(advice ?? '', /chroma\.example\.com was not tried with staging/);
    assert.deepEqual(
      await look(['chroma.example.com'], { url, rehearsed: ['chroma.example.com'] }),
      [],
    );
  });
});
