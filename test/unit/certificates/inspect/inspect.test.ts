import assert from 'node:assert/strict';
import { chmod, copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { before, beforeEach, describe, it } from 'mocha';
import { skipBecause } from '../../../harness/skip-reasons.ts';
import { inspectCertificate } from '../../../../src/certificates/inspect/inspect.ts';
import { exportKey, generateKeys, toSigningKeys } from '../../../../src/certificates/issue/keys.ts';
import { problemsOf } from '../../../../src/chroma/status/certificate-problems.ts';
import { readTrustAnchors } from '../../../../src/certificates/inspect/trust-anchors.ts';
import * as x509 from '../../../../src/certificates/encoding/x509.ts';
import { explainInvalidName } from '../../../../src/project/domain.ts';
import { issue, issueChain, withoutEnd, type Party, type PartyWish } from '../pki-fixture.ts';
import {
  asPlainUser,
  hasOpenssl,
  makeWorkspace,
  type WorkspaceFixture,
} from '../workspace-fixture.ts';

const SECOND = 1000;

describe('inspecting', () => {
  let fixture: WorkspaceFixture;

  beforeEach(async () => {
    fixture = await makeWorkspace();
    await mkdir(fixture.folder);
  });

  /** What is wrong; `broken` comes first where the pair is of no use. */
  async function findCodes(domain = 'localhost', now = Date.now()): Promise<readonly string[]> {
    const state = await inspectCertificate(fixture.folder, domain);
    if (state.kind === 'none') return ['none'];
    const codes = problemsOf(state, now).map(({ code }) => code);
    return state.kind === 'present' ? codes : ['broken', ...codes];
  }

  it('counts the first and the last second of a validity, and warns in good time', async () => {
    const { facts } = await fixture.generate({ validityDays: 365 });
    const at = (date: Date, offset: number): Promise<readonly string[]> =>
      findCodes('localhost', date.getTime() + offset);
    const month = 30 * 86_400 * SECOND;
    assert.deepEqual(await at(facts.notBefore, -SECOND), ['not-yet-valid']);
    assert.deepEqual(await at(facts.notBefore, 0), []);
    assert.deepEqual(await at(facts.notAfter, -month), []);
    assert.deepEqual(await at(facts.notAfter, 1 - month), ['expires-soon']);
    assert.deepEqual(await at(facts.notAfter, 0), ['expires-soon']);
    assert.deepEqual(await at(facts.notAfter, SECOND), ['expired']);
  });

  it('says nothing of an authority that lasts as long as its certificate', async () => {
    const { facts } = await fixture.generate({ validityDays: 3650 });
    assert.deepEqual(
      facts.authorities?.map(({ notAfter }) => notAfter),
      [facts.notAfter],
    );
    const lastDay = facts.notAfter.getTime() - 86_400 * SECOND;
    assert.deepEqual(await findCodes('localhost', lastDay), ['expires-soon']);
  });

  it('matches names as the strictest client does', async () => {
    await fixture.generate({ domain: '*.a.test', additionalNames: ['bücher.test', '2001:db8::1'] });
    for (const domain of [
      ...['*.a.test', 'b.a.test', 'B.A.TEST', 'bücher.test', 'xn--bcher-kva.test', 'BÜCHER.test'],
      ...['2001:db8::1', '[2001:DB8:0::1]'],
    ]) {
      assert.deepEqual(await findCodes(domain), [], domain);
    }
    for (const domain of [
      ...['a.test', 'c.b.a.test', '*.b.a.test', '*.test', 'xa.test', 'ba.test', '.a.test'],
      ...['2001:db8::2', '127.0.0.1'],
    ]) {
      const isName = explainInvalidName(domain) === undefined;
      const code = isName ? 'name-mismatch' : 'invalid-name';
      assert.deepEqual(await findCodes(domain), [code], domain);
    }
    for (const domain of ['a.test,DNS:b.a.test', '']) {
      assert.deepEqual(await findCodes(domain), ['invalid-name'], domain);
    }
  });

  it('shows URIs and e-mail addresses, and takes neither for a server', async () => {
    const others = ["https://a.test/x,y?z=1;q='$#", 'me@a.test', 'urn:chroma:localhost'];
    const { facts } = await fixture.generate({ additionalNames: ['127.0.0.1', ...others] });
    assert.deepEqual(facts.names, ['localhost', '127.0.0.1', ...others]);
    assert.deepEqual(facts.problems, []);
    assert.deepEqual(await findCodes('a.test'), ['name-mismatch']);
  });

  it('never throws for what it finds', async () => {
    const { folder, files } = fixture;
    assert.deepEqual(await findCodes(), ['none']);
    await fixture.generate();
    const [certificate, key] = [await readFile(files.certificate), await readFile(files.key)];
    const damaged = ['', 'x', '\0\xff', certificate.subarray(0, 200).toString(), 'é'.repeat(9999)];
    for (const text of damaged) {
      await writeFile(files.certificate, text, 'latin1');
      assert.deepEqual(await findCodes(), ['broken', 'corrupt']);
      await writeFile(files.certificate, certificate);
      await writeFile(files.key, text, 'latin1');
      assert.deepEqual(await findCodes(), ['broken', 'corrupt']);
      await writeFile(files.key, key);
      await writeFile(files.ca, text, 'latin1');
      assert.deepEqual(await findCodes(), ['chain-broken']);
      await assert.rejects(readTrustAnchors(folder), { code: 'no-trust-anchor' });
      await copyFile(files.certificate, files.ca);
    }
    await rm(files.key);
    await mkdir(files.key);
    assert.deepEqual(await findCodes(), ['broken', 'unreadable']);
  });

  it('reads nothing that is endless or large, and is through with what has no end soon', async function () {
    const { files } = fixture;
    await fixture.generate();
    const good = await readFile(files.certificate);
    const begin = '-----BEGIN CERTIFICATE-----\n';
    /** Of the processor's time, so that no other program counts. */
    const costOf = async (text: string): Promise<number> => {
      await writeFile(files.certificate, text);
      const before = process.cpuUsage();
      assert.deepEqual(await findCodes(), ['broken', 'corrupt']);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const once = await costOf(begin + 'A'.repeat(36_999 * begin.length));
    const costs = await costOf(begin.repeat(37_000));
    assert.ok(costs < 100 * once, `${costs / once} times what one costs`);
    await writeFile(files.certificate, Buffer.concat([good, Buffer.alloc(1024 * 1024, '\n')]));
    assert.deepEqual(await findCodes(), ['broken', 'unreadable']);
    if (process.platform === 'win32') skipBecause(this, 'Windows has no devices in its folders');
    await rm(files.certificate);
    await symlink('/dev/zero', files.certificate);
    assert.deepEqual(await findCodes(), ['broken', 'unreadable']);
    await assert.rejects(fixture.generate({ replaceBroken: true }), { code: 'outside-workspace' });
  });

  it('says what cannot be read, as a key of root after a generation in a container', async function () {
    if (process.platform === 'win32') skipBecause(this, 'Windows has no file modes');
    await fixture.generate();
    await chmod(fixture.workspace, 0o755);
    await chmod(fixture.files.key, 0o000);
    assert.deepEqual(await asPlainUser(() => findCodes()), ['broken', 'unreadable']);
  });

  it('says of dates that cannot be read that they cannot', async () => {
    const { folder, files } = fixture;
    const { root, leaf } = await issueChain();
    await writeFile(files.key, leaf.keyPem, { mode: 0o600 });
    await writeFile(files.certificate, withoutEnd(leaf).toString());
    assert.deepEqual(await inspectCertificate(folder, 'localhost'), {
      kind: 'broken',
      problems: [{ code: 'corrupt', what: 'servercert.pem has dates that cannot be read.' }],
    });
    const direct = await issue({ by: root });
    await writeFile(files.key, direct.keyPem, { mode: 0o600 });
    await writeFile(files.certificate, direct.pem);
    await writeFile(files.ca, withoutEnd(root).toString());
    const state = await inspectCertificate(folder, 'localhost');
    assert.ok(state.kind === 'present');
    assert.deepEqual(state.facts.problems, [
      { code: 'corrupt', what: 'Its authority "Root" has dates that cannot be read.' },
    ]);
    assert.deepEqual(state.facts.authorities, []);
  });

  it('takes a DNS name for no address, as no client does', async () => {
    const { files } = fixture;
    const put = async (party: Party): Promise<void> => {
      await writeFile(files.certificate, party.pem);
      await writeFile(files.key, party.keyPem, { mode: 0o600 });
    };
    await put(await issue({ names: ['localhost', '127.0.0.1', '::1'] }));
    assert.deepEqual(await findCodes('127.0.0.1'), ['name-mismatch']);
    assert.deepEqual(await findCodes('::1'), ['name-mismatch']);
    await put(await issue({ names: [], addresses: ['127.0.0.1', '::1'] }));
    assert.deepEqual(await findCodes('127.0.0.1'), []);
    assert.deepEqual(await findCodes('::1'), []);
  });

  it('judges the dates of every authority in the chain', async () => {
    const { files } = fixture;
    const judge = async (how: {
      readonly root?: PartyWish;
      readonly middle?: PartyWish;
    }): Promise<readonly string[]> => {
      const root = await issue({ name: 'Root', ca: true, ...how.root });
      const middle = await issue({ name: 'Middle', ca: true, by: root, ...how.middle });
      const leaf = await issue({ by: middle });
      await writeFile(files.certificate, leaf.pem + middle.pem);
      await writeFile(files.key, leaf.keyPem, { mode: 0o600 });
      await writeFile(files.ca, root.pem);
      return findCodes();
    };
    assert.deepEqual(await judge({}), []);
    for (const link of ['middle', 'root'] as const) {
      assert.deepEqual(await judge({ [link]: { from: -9, until: -1 } }), ['authority-expired']);
      assert.deepEqual(await judge({ [link]: { from: 2 } }), ['authority-not-yet-valid']);
      assert.deepEqual(await judge({ [link]: { from: -90, until: 3 } }), [
        'authority-expires-soon',
      ]);
    }
  });

  it('sees an authority that is another, or gone', async () => {
    const { files } = fixture;
    await fixture.generate();
    const other = await makeWorkspace();
    await other.generate();
    // The same subject as ours would have, in another folder: only the signature tells.
    await copyFile(other.files.ca, files.ca);
    assert.deepEqual(await findCodes(), ['chain-broken']);
    await rm(files.ca);
    assert.deepEqual(await findCodes(), ['authority-missing']);
  });

  it('lets no value pass for two names', async () => {
    const { privateKey } = await generateKeys('ecdsa-p256');
    const { keys, algorithm } = await toSigningKeys(privateKey);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          { type: 'email', value: 'x, DNS:localhost, y' },
          { type: 'url', value: 'x", DNS:localhost' },
          { type: 'url', value: 'localhost' },
          { type: 'dns', value: 'x, DNS:localhost' },
          { type: 'dns', value: 'a.test' },
        ]),
      ],
    });
    await writeFile(fixture.files.certificate, `${certificate.toString('pem')}\n`);
    await writeFile(fixture.files.key, exportKey(privateKey), { mode: 0o600 });
    assert.deepEqual(await findCodes('a.test'), []);
    assert.deepEqual(await findCodes(), ['name-mismatch']);
  });

  describe('pairs from elsewhere', () => {
    before(function () {
      if (!hasOpenssl()) skipBecause(this, 'needs openssl');
    });

    const MAKE = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '365'];
    const PAIR = ['-keyout', 'serverkey.pem', '-out', 'servercert.pem'];

    it('takes a self-signed one without ca.pem as its own trust anchor', async () => {
      const { folder, files } = fixture;
      const san = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
      fixture.openssl(...MAKE, '-subj', '/O=Chroma/C=US', ...san, ...PAIR);
      // OpenSSL's own configuration makes it an authority.
      assert.deepEqual(await findCodes(), ['is-authority']);
      assert.deepEqual(await findCodes('127.0.0.1'), ['is-authority']);
      const pem = await readFile(files.certificate, 'utf8');
      assert.equal(await readTrustAnchors(folder), pem);
      const { backup = '', authority } = await fixture.generate();
      assert.equal(authority, 'created');
      assert.ok(backup !== '');
    });

    it('tells which strict verifiers refuse a certificate without the identifier of its issuer', async () => {
      await fixture.generate({ kind: 'seed' });
      const state = await inspectCertificate(fixture.folder, 'localhost');
      assert.ok(state.kind === 'present');
      const [{ code, what } = {}, ...others] = state.facts.problems;
      assert.deepEqual([code, others], ['no-authority-identifier', []]);
      assert.match(what ?? '', /pyca\/cryptography refuse it/);
    });

    it('gives a common name no say, for clients do not either', async () => {
      fixture.openssl(...MAKE, '-subj', '/CN=localhost', ...PAIR);
      assert.deepEqual(await findCodes(), ['name-mismatch', 'is-authority']);
    });

    it('gives a wildcard right under a top-level name no say either', async () => {
      const san = ['-addext', 'subjectAltName=DNS:*.test'];
      fixture.openssl(...MAKE, '-subj', '/O=Chroma', ...san, ...PAIR);
      assert.deepEqual(await findCodes('a.test'), ['name-mismatch', 'is-authority']);
    });

    it('names a passphrase, and a key of another kind', async () => {
      await fixture.generate();
      const encrypt = ['pkcs8', '-topk8', '-passout', 'pass:secret', '-out', 'encrypted.pem'];
      fixture.openssl(...encrypt, '-in', 'serverkey.pem');
      await copyFile(`${fixture.folder}/encrypted.pem`, fixture.files.key);
      assert.deepEqual(await findCodes(), ['key-locked']);
      await assert.rejects(fixture.generate(), { code: 'key-locked', message: /passphrase/ });
      fixture.openssl('genrsa', '-out', 'serverkey.pem', '2048');
      assert.deepEqual(await findCodes(), ['broken', 'mismatched-pair']);
    });

    it('follows a chain over an intermediate authority to ca.pem', async () => {
      const { folder, files } = fixture;
      const subject = (name: string): string[] => [
        '-subj',
        `/CN=${name}`,
        '-nodes',
        '-newkey',
        'ec',
      ];
      const curve = ['-pkeyopt', 'ec_paramgen_curve:P-256'];
      const request = (name: string): void => {
        const out = ['-keyout', `${name}.key`, '-out', `${name}.csr`];
        fixture.openssl('req', '-new', ...subject(name), ...curve, ...out);
      };
      const sign = async (name: string, by: string, extensions: string): Promise<void> => {
        await writeFile(`${folder}/ext`, extensions);
        const how = ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial', '-days', '9'];
        const files_ = ['-in', `${name}.csr`, '-out', `${name}.pem`, '-extfile', 'ext'];
        fixture.openssl('x509', '-req', ...how, ...files_);
      };
      const root = ['-keyout', 'root.key', '-out', 'root.pem', '-days', '1'];
      fixture.openssl('req', '-x509', ...subject('root'), ...curve, ...root);
      request('middle');
      const authority = 'basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n';
      await sign('middle', 'root', `${authority}authorityKeyIdentifier=none\n`);
      request('leaf');
      await sign('leaf', 'middle', 'subjectAltName=DNS:localhost\n');
      const read = (name: string): Promise<string> => readFile(`${folder}/${name}.pem`, 'utf8');
      await writeFile(files.certificate, (await read('leaf')) + (await read('middle')));
      await copyFile(`${folder}/leaf.key`, files.key);
      await chmod(files.key, 0o600);
      await copyFile(`${folder}/root.pem`, files.ca);
      assert.deepEqual(await findCodes(), []);
      const inTwentyHours = Date.now() + 20 * 3600 * SECOND;
      assert.deepEqual(await findCodes('localhost', inTwentyHours), ['authority-expires-soon']);
      const state = await inspectCertificate(folder, 'localhost');
      assert.ok(state.kind === 'present');
      const trusted = state.facts.authorities?.at(-1);
      assert.ok(trusted && trusted.notAfter < state.facts.notAfter);
      const inTwoDays = Date.now() + 2 * 86_400 * SECOND;
      assert.deepEqual(await findCodes('localhost', inTwoDays), ['authority-expired']);
      await writeFile(files.certificate, await read('leaf'));
      assert.deepEqual(await findCodes(), ['chain-broken']);
      // Another root of the same name: only the signature tells.
      await writeFile(files.certificate, (await read('leaf')) + (await read('middle')));
      fixture.openssl('req', '-x509', ...subject('root'), ...curve, ...root);
      await copyFile(`${folder}/root.pem`, files.ca);
      assert.deepEqual(await findCodes(), ['chain-broken']);
    });
  });
});
