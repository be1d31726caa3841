import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { before, beforeEach, describe, it } from 'mocha';
import { skipBecause } from '../../harness/skip-reasons.ts';
import { program, Workspace, type CliOutcome } from '../fixtures/cli.ts';

const PASSPHRASE = 'correct horse battery';
const NEW_PASSPHRASE = 'another horse battery';

describe('the terminal’s import, export and protect', () => {
  let workspace: Workspace;
  /** Where the user’s own files lie. */
  let files = '';

  before(async function () {
    if ((await program('openssl', ['version'])).code !== 0) skipBecause(this, 'needs openssl');
  });

  beforeEach(async () => {
    workspace = await Workspace.create();
    files = join(dirname(workspace.folder), 'files');
    await mkdir(files);
  });

  async function openssl(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await program('openssl', args, { cwd: files });
    assert.equal(code, 0, `openssl ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  /** An authority and a certificate of it for a name, as a company would hand them out. */
  async function makeFiles(name = 'localhost'): Promise<void> {
    await writeFile(
      join(files, 'san.cnf'),
      `subjectAltName=DNS:${name}\nbasicConstraints=CA:FALSE\n`,
    );
    const days = ['-days', '90'];
    const newKey = ['-newkey', 'rsa:2048', '-nodes'];
    await openssl(
      ...['req', '-x509', ...newKey, '-keyout', 'root.key', '-out', 'root.pem'],
      ...[...days, '-subj', '/CN=Company Root'],
    );
    await openssl(
      ...['req', ...newKey, '-keyout', 'server.key', '-out', 'server.csr', '-subj', `/CN=${name}`],
    );
    await openssl(
      ...['x509', '-req', '-in', 'server.csr', '-CA', 'root.pem', '-CAkey', 'root.key'],
      ...['-CAcreateserial', '-out', 'server.pem', ...days, '-extfile', 'san.cnf'],
    );
  }

  function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CliOutcome> {
    return workspace.run([...args, '--runtime', 'local'], env);
  }

  function importAll(...more: readonly string[]): Promise<CliOutcome> {
    const named = ['server.key', 'server.pem', 'root.pem'].map((name) => join(files, name));
    return run(['import', ...named, ...more]);
  }

  async function wellDone(outcome: Promise<CliOutcome>): Promise<string> {
    const { code, stdout, stderr } = await outcome;
    assert.equal(code, 0, stderr);
    return stdout;
  }

  it('imports what openssl made, keeps what was there, and says so', async () => {
    await makeFiles();
    await wellDone(run(['generate']));
    const stdout = await wellDone(importAll());
    assert.match(stdout, /^Imported .*servercert\.pem\n {2}good for localhost\n/);
    assert.match(stdout, /chroma-tls restore brings it back/);
    const certs = join(workspace.folder, 'certs');
    await openssl('verify', '-CAfile', join(certs, 'ca.pem'), join(certs, 'servercert.pem'));
    assert.equal((await stat(join(certs, 'serverkey.pem'))).mode & 0o777, 0o600);
    await wellDone(run(['restore']));
    assert.match(
      await openssl('x509', '-in', join(certs, 'servercert.pem'), '-noout', '-issuer'),
      /Chroma TLS/,
    );
  });

  it('says which part of an import is missing, and imports nothing', async () => {
    await makeFiles();
    const { code, stderr } = await run(['import', join(files, 'server.pem')]);
    assert.equal(code, 1);
    assert.match(stderr, /There is no private key in what was chosen/);
    const without = await run(['import', join(files, 'server.pem'), join(files, 'server.key')]);
    assert.equal(without.code, 1);
    assert.match(without.stderr, /certificate of "Company Root" is missing/);
    assert.equal((await run(['import', join(files, 'nothing.pem')])).code, 1);
    assert.equal((await run(['import'])).code, 2);
    await assert.rejects(stat(join(workspace.folder, 'certs', 'servercert.pem')));
  });

  it('imports what clients stumble over only with a word', async () => {
    await makeFiles('elsewhere.test');
    const refused = await importAll();
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /localhost[^]*Nothing was imported\. Agree with --yes\./);
    await wellDone(importAll('--yes'));
  });

  it('opens a PKCS#12 with the passphrase of the environment, and no other', async () => {
    await makeFiles();
    await openssl(
      ...['pkcs12', '-export', '-inkey', 'server.key', '-in', 'server.pem'],
      ...['-certfile', 'root.pem', '-out', 'all.p12', '-passout', `pass:${PASSPHRASE}`],
    );
    const file = join(files, 'all.p12');
    for (const env of [{}, { CHROMA_TLS_KEY_PASSPHRASE: 'wrong wrong wrong' }]) {
      const { code, stderr } = await run(['import', file], env);
      assert.equal(code, 1);
      assert.match(stderr, /The private key is locked\.[^]*CHROMA_TLS_KEY_PASSPHRASE/);
    }
    await wellDone(run(['import', file], { CHROMA_TLS_KEY_PASSPHRASE: PASSPHRASE }));
    const key = join(workspace.folder, 'certs', 'serverkey.pem');
    assert.match(await readFile(key, 'utf8'), /BEGIN ENCRYPTED PRIVATE KEY/);
    await openssl('pkey', '-in', key, '-passin', `pass:${PASSPHRASE}`, '-noout');
  });

  it('gives the key a passphrase, another one, and none', async () => {
    await wellDone(run(['generate']));
    const key = join(workspace.folder, 'certs', 'serverkey.pem');
    const opens = async (passphrase: string): Promise<boolean> =>
      (await program('openssl', ['pkey', '-in', key, '-passin', `pass:${passphrase}`, '-noout']))
        .code === 0;
    const none = await run(['protect']);
    assert.equal(none.code, 1);
    assert.match(none.stderr, /There is no new passphrase to set/);
    const first = { CHROMA_TLS_KEY_PASSPHRASE: PASSPHRASE };
    assert.match(
      (await run(['protect'], { CHROMA_TLS_KEY_PASSPHRASE: 'short' })).stderr,
      /needs 8/,
    );
    await wellDone(run(['protect'], first));
    assert.ok(await opens(PASSPHRASE));
    assert.equal((await run(['protect'], first)).code, 1, 'what opens it is not what it gets');
    await wellDone(run(['protect'], { ...first, CHROMA_TLS_NEW_PASSPHRASE: NEW_PASSPHRASE }));
    assert.ok(await opens(NEW_PASSPHRASE));
    assert.equal((await run(['protect', '--remove'], first)).code, 1);
    await wellDone(run(['protect', '--remove'], { CHROMA_TLS_KEY_PASSPHRASE: NEW_PASSPHRASE }));
    assert.match(await readFile(key, 'utf8'), /BEGIN PRIVATE KEY/);
  });

  it('exports every form as openssl reads it', async () => {
    await wellDone(run(['generate']));
    const certs = join(workspace.folder, 'certs');
    const save = async (form: string, out: string, env = {}, ...more: string[]): Promise<void> => {
      const file = join(files, out);
      await wellDone(run(['export', '--form', form, '--out', file, ...more], env));
    };
    const key = { CHROMA_TLS_NEW_PASSPHRASE: PASSPHRASE };
    await save('pkcs12', 'all.p12', key);
    assert.equal((await stat(join(files, 'all.p12'))).mode & 0o777, 0o600);
    const opened = ['pkcs12', '-in', 'all.p12', '-passin', `pass:${PASSPHRASE}`];
    assert.match(await openssl(...opened, '-nodes', '-nocerts'), /BEGIN PRIVATE KEY/);
    await save('trust-store', 'trust.p12');
    assert.match(
      await openssl('pkcs12', '-in', 'trust.p12', '-passin', 'pass:changeit', '-nokeys'),
      /Chroma TLS/,
    );
    await save('chain', 'chain.pem');
    await openssl('verify', '-CAfile', join(certs, 'ca.pem'), 'chain.pem');
    for (const [form, file] of [
      ['der', 'leaf.cer'],
      ['ca-der', 'ca.cer'],
    ] as const) {
      await save(form, file);
      const shown = await openssl(
        'x509',
        '-inform',
        'DER',
        '-in',
        file,
        '-noout',
        '-ext',
        'basicConstraints',
      );
      assert.match(shown, form === 'der' ? /CA:FALSE/ : /CA:TRUE/);
    }
    await save('csr', 'ours.csr', {}, '--name', 'shop.test');
    assert.match(
      await openssl('req', '-in', 'ours.csr', '-verify', '-noout', '-text'),
      /DNS:shop\.test/,
    );
    const pin = (await wellDone(run(['export', '--form', 'pin']))).trim();
    await openssl(
      'x509',
      '-in',
      join(certs, 'servercert.pem'),
      '-pubkey',
      '-noout',
      '-out',
      'pub.pem',
    );
    await openssl('pkey', '-pubin', '-in', 'pub.pem', '-outform', 'DER', '-out', 'pub.der');
    await openssl('dgst', '-sha256', '-binary', '-out', 'pub.hash', 'pub.der');
    assert.equal(pin, (await readFile(join(files, 'pub.hash'))).toString('base64'));
  });

  it('signs another server’s request, with a word', async () => {
    await wellDone(run(['generate']));
    await openssl(
      ...['req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'other.key', '-out', 'other.csr'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
    );
    const args = [
      'export',
      '--form',
      'signed',
      '--out',
      join(files, 'other.pem'),
      join(files, 'other.csr'),
    ];
    const refused = await run(args);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /for localhost;[^]*Nothing was signed\. Agree with --yes\./);
    await wellDone(run([...args, '--yes']));
    await openssl('verify', '-CAfile', join(workspace.folder, 'certs', 'ca.pem'), 'other.pem');
  });

  it('saves over a file, and a key where git takes it, only with a word', async () => {
    await wellDone(run(['generate']));
    const taken = join(files, 'taken.pem');
    await writeFile(taken, 'mine');
    const chain = ['export', '--form', 'chain', '--out', taken];
    const refused = await run(chain);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /taken\.pem is there already\.[^]*Nothing was saved/);
    assert.equal(await readFile(taken, 'utf8'), 'mine');
    await wellDone(run([...chain, '--yes']));
    await promisify(execFile)('git', ['init', '--quiet', files]);
    const env = { CHROMA_TLS_NEW_PASSPHRASE: PASSPHRASE };
    const store = ['export', '--form', 'pkcs12', '--out', join(files, 'all.p12')];
    assert.match((await run(store, env)).stderr, /is in a git work tree that does not ignore it/);
    await wellDone(run([...store, '--yes'], env));
  });

  it('writes a key store and a trust store that keytool reads', async function () {
    const home = process.env['JAVA_HOME'];
    const keytool = home === undefined ? 'keytool' : join(home, 'bin', 'keytool');
    if ((await program(keytool, ['-help'])).code !== 0) skipBecause(this, 'needs keytool');
    await wellDone(run(['generate']));
    const env = { CHROMA_TLS_NEW_PASSPHRASE: PASSPHRASE };
    for (const [form, entry] of [
      ['pkcs12', /chroma.*PrivateKeyEntry/],
      ['trust-store', /chroma-ca.*trustedCertEntry/],
    ] as const) {
      const file = join(files, `${form}.p12`);
      await wellDone(run(['export', '--form', form, '--out', file], env));
      const listing = await program(keytool, [
        ...['-list', '-keystore', file, '-storetype', 'PKCS12', '-storepass', PASSPHRASE],
      ]);
      assert.equal(listing.code, 0, listing.stdout);
      assert.match(listing.stdout, entry);
    }
  });
});
