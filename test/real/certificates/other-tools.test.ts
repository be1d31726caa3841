import assert from 'node:assert/strict';
import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { before, describe, it } from 'mocha';
import type { StatusReport } from '../../../src/chroma/status/report-status.ts';
import type { Bundle } from '../../../src/certificates/encoding/bundle.ts';
import { readBundle } from '../../../src/certificates/encoding/read-bundle.ts';
import { createRequest } from '../../../src/certificates/issue/certificate-request.ts';
import { parseCertificates } from '../../../src/certificates/encoding/pem-certificates.ts';
import { encryptKey } from '../../../src/certificates/encoding/encrypted-key.ts';
import { computePin } from '../../../src/certificates/exportable.ts';
import { planImport } from '../../../src/certificates/import/import-plan.ts';
import { writeKeyStore, writeTrustStore } from '../../../src/certificates/encoding/pkcs12/write.ts';
import { resolveNames } from '../../../src/project/certificate-name.ts';
import { readRequest, signRequest } from '../../../src/certificates/sign-request.ts';
import { requirePart, requireProgram } from '../../parts.ts';
import { program, Workspace, type CliOutcome } from '../fixtures/cli.ts';

/** ASCII, since Java takes nothing else; a space and a quote for those who build shell commands. */
const PHRASE = `it's "correct" horse`;

describe('certificates that come and go', () => {
  let folder = '';
  let key: KeyObject;
  let chain: readonly X509Certificate[];

  before(async function () {
    await requireProgram(this, 'openssl');
    const workspace = await Workspace.create();
    await workspace.run(['generate']);
    folder = await mkdtemp(join(tmpdir(), 'chroma-tls-port-'));
    for (const name of ['servercert.pem', 'serverkey.pem', 'ca.pem']) {
      await copyFile(join(workspace.folder, 'certs', name), join(folder, name));
    }
    key = createPrivateKey(await readFile(join(folder, 'serverkey.pem')));
    chain = parseCertificates(await readFile(join(folder, 'servercert.pem'), 'utf8'));
  });

  async function tool(file: string, ...args: readonly string[]): Promise<CliOutcome> {
    const env = { ...process.env, PHRASE };
    const outcome = await program(file, args, { cwd: folder, env });
    assert.equal(outcome.code, 0, `${args.join(' ')}: ${outcome.stdout}${outcome.stderr}`);
    return outcome;
  }
  const openssl = (...args: readonly string[]): Promise<CliOutcome> => tool('openssl', ...args);
  const keytool = (...args: readonly string[]): Promise<CliOutcome> =>
    tool('keytool', '-J-Duser.language=en', ...args);

  async function read(...names: readonly string[]): Promise<Bundle> {
    const files = await Promise.all(
      names.map(async (name) => ({ name, content: await readFile(join(folder, name)) })),
    );
    return readBundle(files, ({ again }) =>
      again ? Promise.reject(new Error('the passphrase was right')) : Promise.resolve(PHRASE),
    );
  }

  /** What an import makes of files must be the very pair they were made of. */
  async function assertComplete(...names: readonly string[]): Promise<void> {
    const plan = await planImport(await read(...names), { domain: 'localhost', ownKey: undefined });
    assert.ok(plan.key.equals(key), names.join());
    assert.equal(plan.files.certificate, chain.map(String).join(''), names.join());
    assert.deepEqual(plan.warnings, [], names.join());
  }

  describe('what OpenSSL writes', () => {
    for (const [title, ...how] of [
      ['as it does by default'],
      ['as it did before version 3 (RC2 and 3DES)', '-legacy'],
      ['with 3DES throughout', '-legacy', '-descert'],
      ['with AES-128 and a SHA-512 seal', '-keypbe', 'AES-128-CBC', '-macalg', 'sha512'],
      ['without a seal', '-nomac'],
      ['without any encryption', '-keypbe', 'NONE', '-certpbe', 'NONE'],
      ['with 600,000 rounds', '-iter', '600000'],
    ] as const) {
      it(`PKCS#12 ${title}`, async () => {
        const parts = ['-in', 'servercert.pem', '-inkey', 'serverkey.pem', '-out', 'theirs.p12'];
        await openssl('pkcs12', '-export', ...parts, '-passout', 'env:PHRASE', ...how);
        await assertComplete('theirs.p12');
      });
    }

    it('PKCS#12 with the empty passphrase, without asking for one', async () => {
      const parts = ['-in', 'servercert.pem', '-inkey', 'serverkey.pem', '-out', 'empty.p12'];
      await openssl('pkcs12', '-export', ...parts, '-passout', 'pass:');
      const content = await readFile(join(folder, 'empty.p12'));
      const { keys } = await readBundle([{ name: 'empty.p12', content }], () =>
        Promise.reject(new Error('asked')),
      );
      assert.ok(keys[0]?.key.equals(key));
      assert.equal(keys[0]?.passphrase, undefined);
    });

    for (const [title, ...how] of [
      ['PKCS#8 under AES-256', 'pkcs8', '-topk8', '-v2', 'aes256'],
      ['PKCS#8 under scrypt', 'pkcs8', '-topk8', '-scrypt'],
      ['PKCS#8 under 3DES', 'pkcs8', '-topk8', '-v2', 'des3', '-v2prf', 'hmacWithSHA1'],
      ['PKCS#8 under PKCS#12’s 3DES', 'pkcs8', '-topk8', '-v1', 'PBE-SHA1-3DES'],
      ['PKCS#8 under AES-256, in DER', 'pkcs8', '-topk8', '-v2', 'aes256', '-outform', 'DER'],
      ['SEC 1 under AES-256 (Proc-Type)', 'ec', '-aes256'],
      ['SEC 1 under 3DES (Proc-Type)', 'ec', '-des3'],
    ] as const) {
      it(`a key as ${title}`, async () => {
        const [command, ...options] = how;
        const files = ['-in', 'serverkey.pem', '-out', 'theirs.key', '-passout', 'env:PHRASE'];
        await openssl(command, ...files, ...options);
        await assertComplete('theirs.key', 'servercert.pem');
      });
    }

    it('an RSA key as PKCS#1, open and under AES-256', async () => {
      await openssl('genrsa', '-traditional', '-out', 'rsa.pem', '2048');
      await openssl('rsa', '-in', 'rsa.pem', '-out', 'rsa.der', '-outform', 'DER', '-traditional');
      await openssl(
        ...['rsa', '-in', 'rsa.pem', '-out', 'rsa-closed.pem', '-traditional'],
        ...['-aes256', '-passout', 'env:PHRASE'],
      );
      const expected = createPrivateKey(await readFile(join(folder, 'rsa.pem')));
      assert.match(await readFile(join(folder, 'rsa-closed.pem'), 'utf8'), /Proc-Type/);
      for (const name of ['rsa.pem', 'rsa.der', 'rsa-closed.pem']) {
        assert.ok((await read(name)).keys[0]?.key.equals(expected), name);
      }
    });

    it('everything in files of its own, DER and PKCS#7 among them', async () => {
      await openssl('x509', '-in', 'servercert.pem', '-outform', 'DER', '-out', 'leaf.cer');
      await openssl('pkey', '-in', 'serverkey.pem', '-outform', 'DER', '-out', 'key.der');
      const chainOnly = ['-nocrl', '-certfile', 'ca.pem'];
      await openssl('crl2pkcs7', ...chainOnly, '-outform', 'DER', '-out', 'chain.p7b');
      await openssl('crl2pkcs7', ...chainOnly, '-out', 'chain.p7c');
      await assertComplete('chain.p7b', 'key.der', 'leaf.cer');
      await assertComplete('leaf.cer', 'chain.p7c', 'key.der');
    });
  });

  describe('what keytool of Java writes', () => {
    before(async function () {
      await requireProgram(this, 'keytool');
    });

    it('PKCS#12 with its own key, and one that it took over', async () => {
      const store = ['-keystore', 'java.p12', '-storepass', PHRASE, '-noprompt'];
      const names = ['-dname', 'CN=localhost', '-ext', 'san=dns:localhost'];
      await keytool('-genkeypair', '-alias', 'own', '-keyalg', 'EC', ...names, ...store);
      const bundle = await read('java.p12');
      const plan = await planImport(bundle, { domain: 'localhost', ownKey: undefined });
      assert.equal(plan.leaf.subject, 'CN=localhost');

      const parts = ['-in', 'servercert.pem', '-inkey', 'serverkey.pem', '-out', 'from.p12'];
      await openssl('pkcs12', '-export', ...parts, '-passout', 'env:PHRASE', '-name', 'ours');
      const from = ['-srckeystore', 'from.p12', '-srcstorepass', PHRASE];
      const to = ['-destkeystore', 'to.p12', '-deststorepass', PHRASE, '-noprompt'];
      await keytool('-importkeystore', ...from, ...to);
      await assertComplete('to.p12');
    });

    it('its old form (JKS), by name and with the way out', async () => {
      const store = [
        '-keystore',
        'old.jks',
        '-storetype',
        'JKS',
        '-storepass',
        PHRASE,
        '-keypass',
        PHRASE,
      ];
      await keytool('-genkeypair', '-alias', 'a', '-keyalg', 'EC', '-dname', 'CN=a', ...store);
      await assert.rejects(read('old.jks'), /JKS.*-deststoretype pkcs12/);
    });
  });

  it('reads what Firefox’s library writes', async function () {
    await requireProgram(this, 'pk12util');
    const parts = ['-in', 'servercert.pem', '-inkey', 'serverkey.pem', '-out', 'nss-in.p12'];
    await openssl('pkcs12', '-export', ...parts, '-passout', 'env:PHRASE', '-name', 'chroma');
    const database = ['-d', `sql:${folder}`];
    await tool('certutil', '-N', ...database, '--empty-password');
    await tool('pk12util', '-i', 'nss-in.p12', '-W', PHRASE, ...database);
    await tool('pk12util', '-o', 'nss.p12', '-n', 'chroma', '-W', PHRASE, ...database);
    await assertComplete('nss.p12');
  });

  describe('what we write', () => {
    before(async function () {
      await requireProgram(this, 'keytool');
      const store = { alias: 'chroma', key, chain };
      await writeFile(join(folder, 'ours.p12'), await writeKeyStore(store, PHRASE));
      const [, anchor] = chain;
      assert.ok(anchor);
      const trusted = [{ alias: 'chroma-ca', certificate: anchor }];
      await writeFile(join(folder, 'trust.p12'), await writeTrustStore({ trusted }, 'changeit'));
    });

    it('a key store that OpenSSL reads without its old algorithms', async () => {
      const { stdout, stderr } = await openssl(
        ...['pkcs12', '-in', 'ours.p12', '-passin', 'env:PHRASE', '-info', '-nodes'],
      );
      assert.match(stderr, /MAC: sha256, Iteration 100000/);
      assert.equal(stderr.match(/PBES2, PBKDF2, AES-256-CBC, Iteration 100000/g)?.length, 2);
      assert.match(stdout, /friendlyName: chroma/);
      const block = /-----BEGIN PRIVATE KEY-----[^]*?-----END PRIVATE KEY-----/.exec(stdout);
      assert.ok(createPrivateKey(block?.[0] ?? '').equals(key));
      assert.deepEqual(parseCertificates(stdout).map(String), chain.map(String));
    });

    it('a key store that Java opens, with the whole chain', async () => {
      const { stdout } = await keytool(
        '-list',
        '-v',
        '-keystore',
        'ours.p12',
        '-storepass',
        PHRASE,
      );
      assert.match(stdout, /Alias name: chroma\n/);
      assert.match(stdout, /Entry type: PrivateKeyEntry\nCertificate chain length: 2/);
      // Signing shows that it got at the key, too.
      const signed = ['-alias', 'chroma', '-keystore', 'ours.p12', '-storepass', PHRASE];
      assert.match((await keytool('-certreq', ...signed)).stdout, /BEGIN NEW CERTIFICATE REQUEST/);
    });

    it('a trust store that Java trusts', async () => {
      const store = ['-keystore', 'trust.p12', '-storepass', 'changeit'];
      const { stdout } = await keytool('-list', ...store);
      assert.match(stdout, /chroma-ca, .*, trustedCertEntry/);
      assert.ok(stdout.includes(chain[1]?.fingerprint256 ?? '?'));
    });

    it('an encrypted key that OpenSSL opens, with the passphrase only', async () => {
      await writeFile(join(folder, 'closed.pem'), await encryptKey(key, PHRASE));
      await openssl('pkey', '-in', 'closed.pem', '-passin', 'env:PHRASE', '-out', 'opened.pem');
      const opened = createPrivateKey(await readFile(join(folder, 'opened.pem')));
      assert.ok(opened.equals(key));
      const wrong = ['pkey', '-in', 'closed.pem', '-passin', 'pass:wrong', '-noout'];
      assert.notEqual((await program('openssl', wrong, { cwd: folder })).code, 0);
    });
  });

  it('keys open on BoringSSL too, which knows no scrypt itself', async function () {
    const { command } = requirePart(this, 'bun');
    const workspace = await Workspace.create();
    await workspace.run(['generate']);
    const keyFile = join(workspace.folder, 'certs', 'serverkey.pem');
    const status = async (phrase: string): Promise<readonly string[]> => {
      const { stdout } = await program(command, [resolve('dist/cli.js'), 'status', '--json'], {
        cwd: workspace.folder,
        env: { ...workspace.env, CHROMA_TLS_KEY_PASSPHRASE: phrase },
      });
      return (JSON.parse(stdout) as StatusReport).certificate.problems;
    };
    const open = await readFile(keyFile);
    await writeFile(keyFile, await encryptKey(createPrivateKey(open), PHRASE));
    assert.deepEqual(await status(PHRASE), []);
    assert.equal((await status('another one')).length, 1);
    await writeFile(join(folder, 'boring.pem'), open);
    for (const how of [['-scrypt'], ['-v2', 'des3']]) {
      const files = ['-in', 'boring.pem', '-out', keyFile, '-passout', 'env:PHRASE'];
      await openssl('pkcs8', '-topk8', ...files, ...how);
      assert.deepEqual(await status(PHRASE), [], how.join(' '));
    }
  });

  it('a pin that curl holds a server to', async function () {
    await requireProgram(this, 'curl');
    const [leaf] = chain;
    assert.ok(leaf);
    const server = createServer(
      { key: key.export({ type: 'pkcs8', format: 'pem' }), cert: chain.map(String).join('') },
      (_, response) => response.end('fine'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const ask = (pin: string): Promise<CliOutcome> =>
      program(
        'curl',
        ['-sS', '--cacert', 'ca.pem', '--pinnedpubkey', pin, `https://localhost:${port}/`],
        { cwd: folder },
      );
    const pin = computePin(leaf);
    assert.equal((await ask(`sha256//${pin}`)).stdout, 'fine');
    const other = await ask(`sha256//${pin.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`);
    assert.match(other.stderr, /public key does not match/);
    server.close();
  });

  it('a request that OpenSSL signs, whose certificate then comes back', async () => {
    const names = resolveNames('localhost', ['127.0.0.1', '*.a.test']);
    await writeFile(join(folder, 'ours.csr'), await createRequest(key, names));
    const { stdout, stderr } = await openssl(
      'req',
      '-in',
      'ours.csr',
      '-verify',
      '-noout',
      '-text',
    );
    assert.match(stdout + stderr, /verify OK/);
    assert.match(stdout, /DNS:localhost, IP Address:127\.0\.0\.1, DNS:\*\.a\.test/);

    const root = ['-keyout', 'root.key', '-out', 'root.pem', '-subj', '/CN=Root of another'];
    await openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...root);
    const by = ['-CA', 'root.pem', '-CAkey', 'root.key', '-CAcreateserial', '-days', '90'];
    const answer = ['-in', 'ours.csr', '-out', 'answer.pem', '-copy_extensions', 'copy'];
    await openssl('x509', '-req', ...answer, ...by);
    const plan = await planImport(await read('answer.pem', 'root.pem'), {
      domain: 'localhost',
      ownKey: { key },
    });
    assert.ok(plan.key.equals(key));
    assert.deepEqual(plan.warnings, []);
  });

  it('requests of OpenSSL and of keytool, signed by the folder’s authority', async function () {
    await requireProgram(this, 'keytool');
    const workspace = await Workspace.create();
    await workspace.run(['generate']);
    process.env['CHROMA_TLS_DATA_DIR'] = workspace.env['CHROMA_TLS_DATA_DIR'];
    const names = ['-subj', '/CN=ignored', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    await openssl(
      ...['req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'other.key'],
      ...['-out', 'openssl.csr', ...names],
    );
    const store = ['-keystore', 'other.p12', '-storepass', PHRASE, '-alias', 'other'];
    await keytool('-genkeypair', '-keyalg', 'EC', '-dname', 'CN=localhost', ...store);
    await keytool('-certreq', '-file', 'keytool.csr', '-ext', 'san=dns:localhost', ...store);
    const ca = join(workspace.folder, 'certs', 'ca.pem');
    for (const name of ['openssl', 'keytool']) {
      const request = await readRequest(await readFile(join(folder, `${name}.csr`)));
      const pem = await signRequest({ workspace: workspace.folder, request, days: 30 });
      await writeFile(join(folder, 'signed.pem'), pem);
      const checks = ['-x509_strict', '-purpose', 'sslserver', '-verify_hostname', 'localhost'];
      const { stdout } = await openssl('verify', '-CAfile', ca, ...checks, 'signed.pem');
      assert.match(stdout, /: OK/, name);
    }
    // The other server gets its answer where its key is.
    await keytool('-importcert', '-noprompt', '-trustcacerts', '-file', 'signed.pem', ...store);
  });

  it('the terminal takes the passphrase from its environment, and keeps a key protected', async () => {
    const workspace = await Workspace.create();
    await workspace.run(['generate']);
    const keyFile = join(workspace.folder, 'certs', 'serverkey.pem');
    const open = createPrivateKey(await readFile(keyFile));
    await writeFile(`${keyFile}.new`, await encryptKey(open, PHRASE), { mode: 0o600 });
    await rename(`${keyFile}.new`, keyFile);

    const locked = await workspace.status();
    assert.deepEqual(locked.certificate.problems, [
      'serverkey.pem has a passphrase that is not known here.',
    ]);
    const refused = await workspace.run(['generate']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /key is locked.*CHROMA_TLS_KEY_PASSPHRASE/);
    const started = await workspace.run(['start', '--runtime', 'local']);
    assert.equal(started.code, 1);
    assert.match(started.stderr, /key is locked/);

    const env = { CHROMA_TLS_KEY_PASSPHRASE: PHRASE };
    const { stdout } = await workspace.run(['status', '--json'], env);
    assert.match(stdout, /"problems": \[\]/);
    assert.equal((await workspace.run(['generate'], env)).code, 0);
    const renewed = await readFile(keyFile, 'utf8');
    assert.ok(!createPrivateKey({ key: renewed, passphrase: PHRASE }).equals(open));
    assert.equal((await stat(keyFile)).mode & 0o777, 0o600);
  });
});
