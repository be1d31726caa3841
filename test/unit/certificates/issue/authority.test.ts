import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { before, beforeEach, describe, it } from 'mocha';
import { skipBecause } from '../../../harness/skip-reasons.ts';
import { createAuthority, writeAuthority } from '../../../../src/certificates/issue/authority.ts';
import { forgetAuthority } from '../../../../src/certificates/authorities/authority-store.ts';
import type { GenerateResult } from '../../../../src/certificates/generate-files.ts';
import type { KeyType } from '../../../../src/certificates/issue/keys.ts';
import { resolveNames } from '../../../../src/project/certificate-name.ts';
import { workspaceDataFolder } from '../../../../src/project/data-folder.ts';
import { hasOpenssl, makeWorkspace, type WorkspaceFixture } from '../workspace-fixture.ts';

const VERIFY = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', 'ca.pem'];
const LONG = `${Array.from({ length: 3 }, () => 'a'.repeat(60)).join('.')}.test`;

describe('authority', () => {
  let fixture: WorkspaceFixture;

  beforeEach(async () => {
    fixture = await makeWorkspace();
  });

  describe('as OpenSSL sees it', () => {
    before(function () {
      if (!hasOpenssl()) skipBecause(this, 'needs openssl');
    });

    // With addresses only, a CN would be taken for a host name, which the authority excludes.
    for (const [what, domain, additionalNames] of [
      ['addresses only', '127.0.0.1', ['::1']],
      ['host names only', 'localhost', []],
      ['an address first', '127.0.0.1', ['localhost']],
      ['a wildcard', '*.chroma.test', ['localhost']],
      ['an international name', 'bücher.test', []],
      ['a name too long for a CN', LONG, []],
      ['a name too long for a CN, and another', LONG, ['localhost']],
      ['a URI and an e-mail address', 'localhost', ['spiffe://a.test/x', 'me@a.test']],
    ] as const) {
      it(`verifies ${what}, authority-signed and self-signed`, async () => {
        for (const kind of ['local-ca', 'self-signed'] as const) {
          await fixture.generate({ domain, additionalNames, kind });
          assert.match(fixture.openssl(...VERIFY, 'servercert.pem'), /: OK/);
        }
      });
    }

    it('excludes whole the type of name it has none of', async () => {
      await fixture.generate({ additionalNames: [] });
      const ofHosts = fixture.openssl('x509', '-in', 'ca.pem', '-noout', '-text');
      assert.match(ofHosts, /Excluded:\s+IP:0\.0\.0\.0\/0\.0\.0\.0\s+IP:0:0:0:0:0:0:0:0\/0:0:/);
      await fixture.generate({ domain: '10.0.0.1', additionalNames: [] });
      const ofAddresses = fixture.openssl('x509', '-in', 'ca.pem', '-noout', '-text');
      assert.match(
        ofAddresses,
        /Permitted:\s+IP:10\.0\.0\.1\/255\.255\.255\.255\s+Excluded:\s+DNS:/,
      );
    });

    for (const name of ['DNS:evil.test', 'IP:10.0.0.1', 'DNS:notlocalhost', 'IP:127.0.0.2']) {
      it(`cannot sign for ${name}, even by a stolen key`, async () => {
        await fixture.generate();
        const stolen = authorityFile(fixture);
        await writeFile(join(fixture.folder, 'ext'), `subjectAltName=${name}\n`);
        const make = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
        const files = ['-keyout', 'evil.key', '-out', 'evil.csr'];
        fixture.openssl('req', '-new', '-subj', '/O=Evil', ...make, ...files);
        const by = ['-CA', stolen, '-CAkey', stolen, '-CAcreateserial', '-extfile', 'ext'];
        fixture.openssl('x509', '-req', '-in', 'evil.csr', '-out', 'evil.pem', ...by);
        assert.match(
          fixture.openssl('verify', '-CAfile', 'ca.pem', 'evil.pem'),
          /permitted subtree violation/,
        );
      });
    }
  });

  it('is called after the folder, whatever characters that has', async () => {
    const odd = await makeWorkspace(`a, "b"+c=d#é\u{1F512}\\`);
    const { facts } = await odd.generate();
    assert.deepEqual(facts.problems, []);
    const { subject } = new X509Certificate(await readFile(odd.files.ca));
    const plain = subject.replaceAll('\\', '');
    assert.ok(plain.includes(`Chroma TLS CA for ${basename(odd.workspace).replace('\\', '')}`));
    const long = await makeWorkspace('x'.repeat(100));
    await long.generate();
    const certificate = new X509Certificate(await readFile(long.files.ca));
    assert.equal(/CN=(.*)/.exec(certificate.subject)?.[1]?.length, 64);
  });

  it('goes on for fewer names and names under its own, not for others', async () => {
    const first = ['127.0.0.1', 'a.test'];
    assert.equal((await fixture.generate({ additionalNames: first })).authority, 'created');
    for (const additionalNames of [['a.test'], [], ['b.a.test', '*.a.test'], first]) {
      assert.equal((await fixture.generate({ additionalNames })).authority, 'reused');
    }
    for (const other of ['127.0.0.2', '::1', 'ba.test', 'test']) {
      const { trustLost } = await fixture.generate({ additionalNames: [other] });
      assert.equal(trustLost, 'names', other);
    }
  });

  it('is replaced when the key is to be of another kind, or stronger', async () => {
    const lossWith = async (keyType: KeyType): Promise<string | undefined> =>
      (await fixture.generate({ keyType })).trustLost;
    assert.equal(await lossWith('ecdsa-p256'), undefined);
    assert.equal(await lossWith('rsa-2048'), 'key-type');
    const { publicKey } = new X509Certificate(await readFile(fixture.files.ca));
    assert.equal(publicKey.asymmetricKeyType, 'rsa');
    assert.equal(await lossWith('rsa-3072'), 'key-type');
    assert.equal(await lossWith('rsa-2048'), undefined);
    assert.equal(await lossWith('ecdsa-p256'), 'key-type');
  });

  it('leaves clients without trust when the kind of certificate changes, either way', async () => {
    const lossWith = async (kind: 'local-ca' | 'self-signed'): Promise<string | undefined> =>
      (await fixture.generate({ kind })).trustLost;
    assert.equal(await lossWith('self-signed'), undefined, 'nobody trusted one before');
    assert.equal(await lossWith('self-signed'), 'self-signed');
    assert.equal(await lossWith('local-ca'), 'key-not-kept');
    assert.equal(await lossWith('local-ca'), undefined);
    assert.equal(await lossWith('self-signed'), 'self-signed');
    assert.equal(await lossWith('local-ca'), 'other-authority', 'the kept one, trusted or not');
  });

  it('is never outlived, and replaced when less than a year of it is left', async () => {
    const now = new Date('2026-01-01T00:00:00Z');
    const inYears = (years: number): Date => new Date(now.getTime() + years * 365 * 86_400_000);
    const end = (pem: Buffer): number => new Date(new X509Certificate(pem).validTo).getTime();
    await fixture.generate({ now, validityDays: 3650 });
    const late = { now: inYears(5), validityDays: 3650 };
    const { authority, facts, endsEarly } = await fixture.generate(late);
    assert.equal(authority, 'reused');
    assert.ok(endsEarly, 'a user who asked for ten years must hear of it');
    assert.equal(facts.notAfter.getTime(), end(await readFile(fixture.files.ca)));
    assert.equal((await fixture.generate({ now: inYears(8) })).endsEarly, false);
    assert.equal((await fixture.generate({ now: inYears(9.5) })).trustLost, 'validity');
    const back = await fixture.generate({ now: inYears(8) });
    assert.equal(back.trustLost, 'validity', 'one from the future serves nobody');
  });

  it('is made again where the kept one is damaged, and tells that trust is lost', async () => {
    await fixture.generate();
    await writeFile(authorityFile(fixture), 'rubbish');
    assert.equal((await fixture.generate()).authority, 'replaced');
    assert.equal((await fixture.generate()).authority, 'reused');
  });

  it('leaves no key where none is to be kept', async () => {
    const how = { keepAuthorityKey: false } as const;
    assert.equal((await fixture.generate(how)).authority, 'created');
    await assert.rejects(stat(authorityFile(fixture)), { code: 'ENOENT' });
    assert.equal((await fixture.generate(how)).trustLost, 'key-not-kept');
  });

  it('goes back to the one before where a run was killed before the new one had signed', async () => {
    await fixture.generate();
    const former = `${authorityFile(fixture)}.former`;
    const before = await readFile(authorityFile(fixture), 'utf8');
    const ca = await readFile(fixture.files.ca, 'utf8');
    const names = resolveNames('other.test', []);
    const other = writeAuthority(
      await createAuthority({ label: 'w', keyType: 'ecdsa-p256', names, now: new Date() }),
    );
    // As a run for another domain leaves it that ends between keeping and installing.
    await rename(authorityFile(fixture), former);
    await writeFile(authorityFile(fixture), other);
    assert.equal((await fixture.generate()).authority, 'reused');
    assert.equal(await readFile(fixture.files.ca, 'utf8'), ca);
    assert.equal(await readFile(authorityFile(fixture), 'utf8'), before);
    // And where it ends just before the former one is thrown away.
    await writeFile(former, other);
    assert.equal((await fixture.generate()).authority, 'reused');
    await assert.rejects(stat(former), { code: 'ENOENT' });
  });

  it('leaves no key that a killed run left, whatever the engine', async () => {
    const data = workspaceDataFolder(fixture.workspace);
    const left = [
      join(data, 'issuing', 'authority.pem'),
      join(data, 'authority', unfinished(0x7fffffff)),
      join(fixture.folder, unfinished(0x7fffffff)),
    ];
    const others = [
      join(fixture.folder, '.mine.tmp'),
      join(fixture.folder, unfinished(process.pid)),
    ];
    for (const file of [...left, ...others]) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, 'a key');
    }
    await fixture.generate();
    for (const file of left) await assert.rejects(stat(file), { code: 'ENOENT' }, file);
    for (const file of others) await stat(file);
    const [runner = ''] = left;
    await mkdir(dirname(runner));
    await writeFile(runner, 'a key');
    await forgetAuthority(fixture.workspace);
    await assert.rejects(stat(dirname(runner)), { code: 'ENOENT' });
  });

  it('names the data folder when that cannot be used', async () => {
    process.env['CHROMA_TLS_DATA_DIR'] = join(fixture.workspace, 'file');
    await writeFile(join(fixture.workspace, 'file'), '');
    const refused = { code: 'data-folder-not-usable', message: /CHROMA_TLS_DATA_DIR/ };
    await assert.rejects(fixture.generate(), refused);
  });

  for (const validityDays of [0, -1, 1.5, 3651, Number.NaN, Number.POSITIVE_INFINITY]) {
    it(`refuses a validity of ${validityDays} days`, async () => {
      await assert.rejects(fixture.generate({ validityDays }), { code: 'invalid-validity' });
    });
  }

  it('gives a leaf just the days asked for, from a little before now', async () => {
    const now = new Date();
    const { facts }: GenerateResult = await fixture.generate({ now, validityDays: 1 });
    assert.ok(facts.notBefore < now && facts.notBefore.getTime() > now.getTime() - 7_200_000);
    assert.equal(facts.notAfter.getTime() - facts.notBefore.getTime(), 86_399_000);
    assert.deepEqual(facts.problems, []);
  });
});

function authorityFile({ workspace }: WorkspaceFixture): string {
  return join(workspaceDataFolder(workspace), 'authority', 'authority.pem');
}

/** What a file is called until it is whole. */
function unfinished(pid: number): string {
  return `.chroma-tls-${pid}-0123456789ab.tmp`;
}
