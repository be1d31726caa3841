import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  keyArgs,
  requestArgs,
  cookbookArgs,
  signArgs,
} from '../../../../src/certificates/issuers/openssl-commands.ts';

describe("openssl's command lines", () => {
  it('make a key that old versions make alike', () => {
    assert.equal(
      keyArgs('ecdsa-p256', 'k.pem').join(' '),
      // Without the second option LibreSSL 3.3 writes the curve out, which no client reads.
      'genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -pkeyopt ec_param_enc:named_curve -out k.pem',
    );
    assert.equal(
      keyArgs('rsa-3072', 'k.pem').join(' '),
      'genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out k.pem',
    );
  });

  it('ask and sign, with both ends of the validity said', () => {
    assert.equal(
      requestArgs('serverkey.pem', 'openssl.cnf').join(' '),
      'req -new -sha256 -config openssl.cnf -key serverkey.pem -out server.csr',
    );
    const validity = {
      notBefore: new Date('2026-11-24T15:00:00Z'),
      notAfter: new Date('2049-12-31T23:59:59Z'),
    };
    const section = 'usr_cert';
    assert.equal(
      signArgs({ issuer: 'authority', section, validity }).join(' '),
      'ca -batch -notext -config book.cnf -md sha256 -cert authority.pem -keyfile authority.pem ' +
        '-in server.csr -extfile openssl.cnf -extensions usr_cert ' +
        '-startdate 261124150000Z -enddate 491231235959Z -out servercert.pem',
    );
    const own = signArgs({ issuer: { ownKey: 'serverkey.pem' }, section, validity }).join(' ');
    assert.match(own, / -selfsign -keyfile serverkey\.pem /);
    assert.doesNotMatch(own, /authority/);
  });

  it('write a year from 2050 on in four digits, as RFC 5280 says', () => {
    const [notBefore, notAfter] = [new Date('2049-01-01'), new Date('2050-01-01')];
    const args = signArgs({
      issuer: 'authority',
      section: 'usr_cert',
      validity: { notBefore, notAfter },
    });
    assert.ok(args.includes('490101000000Z') && args.includes('20500101000000Z'));
  });

  it('are the page\'s for the kind "seed"', () => {
    assert.equal(
      cookbookArgs().join(' '),
      'req -new -newkey rsa:2048 -sha256 -days 365 -nodes -x509 -keyout serverkey.pem ' +
        '-subj /O=Chroma/C=US -out servercert.pem -config openssl.cnf',
    );
  });
});
