import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { generateFiles } from '../../../src/certificates/generate-files.ts';
import {
  renderConfig,
  renderCookbookConfig,
} from '../../../src/certificates/issuers/openssl-config.ts';
import { inspectCertificate } from '../../../src/certificates/inspect/inspect.ts';
import { problemsOf } from '../../../src/chroma/status/certificate-problems.ts';
import { resolveNames } from '../../../src/project/certificate-name.ts';
import { workspaceDataFolder } from '../../../src/project/data-folder.ts';
import { parseServerName } from '../../../src/project/domain.ts';
import { certificateSettings, DEFAULT_SETTINGS, KEY_TYPES } from '../../../src/project/settings.ts';
import { makeWorkspace, type WorkspaceFixture } from './workspace-fixture.ts';

describe('generate', () => {
  let workspace = '';
  let folder = '';
  let generate: WorkspaceFixture['generate'];

  beforeEach(async () => {
    ({ workspace, folder, generate } = await makeWorkspace("chroma-tls a'b ü-"));
  });

  async function mode(path: string): Promise<string> {
    return ((await stat(path)).mode & 0o777).toString(8);
  }

  function openssl(...args: string[]): string {
    return execFileSync('openssl', args, { cwd: folder, encoding: 'utf8' });
  }

  it('makes a second one for the host names, of the same key and days, that OpenSSL verifies', async () => {
    for (const keyType of ['ecdsa-p256', 'rsa-2048'] as const) {
      const additionalNames = ['127.0.0.1', '*.chroma.test'];
      const { files, facts } = await generate({ keyType, additionalNames });
      const [ordinary, names] = await Promise.all(
        [files.certificate, files.names].map((file) => readFile(file, 'utf8')),
      );
      assert.ok(ordinary !== undefined && names !== undefined);
      const [leaf, second] = [new X509Certificate(ordinary), new X509Certificate(names)];
      assert.equal(second.subjectAltName, 'DNS:localhost, DNS:*.chroma.test');
      assert.match(second.subject, /CN=localhost/);
      assert.ok(second.publicKey.equals(leaf.publicKey));
      assert.deepEqual([second.validFrom, second.validTo], [leaf.validFrom, leaf.validTo]);
      assert.notEqual(second.serialNumber, leaf.serialNumber);
      assert.equal(facts.namesFingerprint256, second.fingerprint256);
      assert.match(
        openssl('verify', '-x509_strict', '-CAfile', 'ca.pem', 'servercert-names.pem'),
        /: OK/,
      );
      assert.ok(names.endsWith(await readFile(files.ca, 'utf8')), 'with its chain');
      const [line = ''] = names.split('\n');
      const sum = createHash('sha256').update(ordinary).digest('hex');
      assert.equal(line, `${sum}  servercert.pem`, 'as sha256sum -c reads it');
      assert.equal(await mode(files.names), '644');
    }
  });

  it('makes no second one where it would be the same, empty, or signed by nobody', async () => {
    for (const how of [
      { additionalNames: ['chroma.test'] },
      { domain: '127.0.0.1', additionalNames: ['::1'] },
      { kind: 'self-signed' },
      { kind: 'seed' },
    ] as const) {
      const { facts } = await generate(how);
      assert.equal(facts.namesFingerprint256, undefined);
      assert.ok(!(await readdir(folder)).includes('servercert-names.pem'), JSON.stringify(how));
    }
  });

  for (const kind of ['local-ca', 'self-signed'] as const) {
    for (const keyType of KEY_TYPES) {
      it(`makes ${kind} ${keyType} of the profile, which OpenSSL verifies strictly`, async () => {
        const { facts } = await generate({ kind, keyType });
        assert.deepEqual(facts.names, ['localhost', '127.0.0.1', '::1']);
        assert.deepEqual(facts.problems, []);
        const text = openssl('x509', '-in', 'servercert.pem', '-noout', '-text');
        assert.match(text, /Basic Constraints: critical\s+CA:FALSE/);
        assert.match(text, /Subject: .*CN = localhost/);
        assert.match(text, /TLS Web Server Authentication/);
        assert.match(
          text,
          keyType === 'ecdsa-p256'
            ? /Key Usage: critical\s+Digital Signature\n/
            : /Key Usage: critical\s+Digital Signature, Key Encipherment\n/,
        );
        const strict = kind === 'local-ca' ? ['-x509_strict'] : [];
        assert.match(openssl('verify', ...strict, '-CAfile', 'ca.pem', 'servercert.pem'), /: OK/);
      });
    }
  }

  it('constrains the authority to the names it serves, critically', async () => {
    await generate();
    const text = openssl('x509', '-in', 'ca.pem', '-noout', '-text');
    assert.match(text, /CA:TRUE, pathlen:0/);
    assert.match(text, /Name Constraints: critical\s+Permitted:\s+DNS:localhost\s+IP:127.0.0.1/);
  });

  it('takes away an openssl.cnf of ours that the built-in engine has no use for, and no other', async () => {
    const file = join(workspace, 'openssl.cnf');
    const names = resolveNames('localhost', ['127.0.0.1']);
    for (const own of [
      renderConfig({ domain: 'localhost', kind: 'local-ca', names, keyType: 'ecdsa-p256' }),
      renderConfig({ domain: 'localhost', kind: 'self-signed', names, keyType: 'rsa-2048' }),
      renderCookbookConfig(parseServerName('127.0.0.1')),
      renderCookbookConfig(parseServerName('chroma.test')),
    ]) {
      await writeFile(file, own);
      const { backup = '' } = await generate();
      await assert.rejects(stat(file), { code: 'ENOENT' });
      assert.equal(await readFile(join(backup, 'openssl.cnf'), 'utf8'), own);
    }
    for (const theirs of [
      '[req]\nprompt = no\n',
      `${renderCookbookConfig(parseServerName('chroma.test'))}# mine\n`,
      '',
    ]) {
      await writeFile(file, theirs);
      await generate();
      assert.equal(await readFile(file, 'utf8'), theirs);
    }
  });

  it('leaves an openssl.cnf alone that is a link', async () => {
    const target = join(workspace, 'shared.cnf');
    await writeFile(target, renderCookbookConfig(parseServerName('chroma.test')));
    await symlink(target, join(workspace, 'openssl.cnf'));
    await generate();
    await stat(join(workspace, 'openssl.cnf'));
  });

  it('gives a positive serial of 128 random bits, new each time', async () => {
    const serials = new Set<string>();
    for (let round = 0; round < 5; round += 1) serials.add((await generate()).facts.serial);
    assert.equal(serials.size, 5);
    for (const serial of serials) assert.match(serial, /^[0-9A-F]{24,32}$/);
  });

  it('keeps keys to the user, the authority outside, and nothing else in the workspace', async () => {
    const { files } = await generate();
    assert.equal(await mode(files.key), '600');
    assert.deepEqual((await readdir(folder)).sort(), [
      '.gitignore',
      'ca.pem',
      'servercert-names.pem',
      'servercert.pem',
      'serverkey.pem',
    ]);
    const authority = join(workspaceDataFolder(workspace), 'authority');
    assert.equal(await mode(authority), '700');
    assert.equal(await mode(join(authority, 'authority.pem')), '600');
  });

  it('renews under the same authority, and says so when it cannot', async () => {
    assert.equal((await generate()).authority, 'created');
    const ca = await readFile(join(folder, 'ca.pem'), 'utf8');
    assert.equal((await generate()).authority, 'reused');
    assert.equal(await readFile(join(folder, 'ca.pem'), 'utf8'), ca);
    assert.equal((await generate({ domain: 'other.test' })).authority, 'replaced');
  });

  it("throws the authority's key away on request", async () => {
    await generate();
    await generate({ keepAuthorityKey: false });
    await assert.rejects(stat(join(workspaceDataFolder(workspace), 'authority')));
  });

  it('keeps the pair that was there as a dated backup', async () => {
    const { files } = await generate();
    const [certificate, key] = [await readFile(files.certificate), await readFile(files.key)];
    const { backup = '' } = await generate();
    assert.match(backup, /backup-\d{4}-\d\d-\d\dT/);
    assert.deepEqual(await readFile(join(backup, 'servercert.pem')), certificate);
    assert.deepEqual(await readFile(join(backup, 'serverkey.pem')), key);
    assert.equal(await mode(join(backup, 'serverkey.pem')), '600');
    const { backup: second } = await generate();
    assert.notEqual(second, backup);
  });

  it('refuses half a pair, a foreign key and a corrupt file by name, and goes on when told', async () => {
    const { files } = await generate();
    const key = await readFile(files.key, 'utf8');
    await rm(files.key);
    await assert.rejects(generate(), { code: 'half-pair', message: /serverkey\.pem is missing/ });
    await writeFile(files.key, 'rubbish');
    await assert.rejects(generate(), { code: 'corrupt', message: /serverkey\.pem/ });
    await generate({ replaceBroken: true });
    await writeFile(files.key, key);
    await assert.rejects(generate(), { code: 'mismatched-pair', message: /serverkey\.pem/ });
    const { backup = '' } = await generate({ replaceBroken: true });
    assert.equal(await readFile(join(backup, 'serverkey.pem'), 'utf8'), key);
  });

  it('writes nothing through a link that leaves the workspace', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'elsewhere-'));
    await symlink(outside, folder);
    await assert.rejects(generate(), { code: 'outside-workspace' });
    assert.deepEqual(await readdir(outside), []);
  });

  it('explains a folder it cannot write to, and leaves nothing half-way', async () => {
    await writeFile(folder, 'a file where the folder should be');
    await assert.rejects(generate(), { code: 'certs-not-writable' });
    assert.deepEqual(await readdir(workspace), ['certs']);
    const authority = join(workspaceDataFolder(workspace), 'authority');
    assert.deepEqual(await readdir(authority), []);
    await rm(folder);
    const { files } = await generate();
    const ca = await readFile(files.ca, 'utf8');
    await rename(folder, `${folder}.aside`);
    await writeFile(folder, 'a file where the folder should be');
    // Other names need another authority, and the one that is trusted must outlast the failure.
    await assert.rejects(generate({ domain: 'other.test' }), { code: 'certs-not-writable' });
    assert.deepEqual(await readdir(authority), ['authority.pem']);
    assert.equal(await mode(join(authority, 'authority.pem')), '600');
    await rm(folder);
    assert.equal((await generate()).authority, 'reused');
    assert.equal(await readFile(files.ca, 'utf8'), ca);
    await generate({ domain: 'other.test' });
    assert.deepEqual(await readdir(authority), ['authority.pem']);
  });
});

describe('inspect', () => {
  it('sees none, a name that is not covered, an expiry, a readable key', async () => {
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    const workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-'));
    const folder = join(workspace, 'certs');
    assert.deepEqual(await inspectCertificate(folder, 'localhost'), { kind: 'none' });
    const { files } = await generateFiles({
      workspace,
      folder,
      domain: '*.a.test',
      ...certificateSettings(DEFAULT_SETTINGS),
      additionalNames: ['10.0.0.1'],
      validityDays: 90,
    });
    const codes = async (domain: string, inDays = 0): Promise<string[]> => {
      const state = await inspectCertificate(folder, domain);
      if (state.kind !== 'present') return [state.kind];
      const now = Date.now() + inDays * 86_400_000;
      return problemsOf(state, now).map(({ code }) => code);
    };
    assert.deepEqual(await codes('*.a.test'), []);
    assert.deepEqual(await codes('b.a.test'), []);
    assert.deepEqual(await codes('10.0.0.1'), []);
    assert.deepEqual(await codes('localhost'), ['name-mismatch']);
    assert.deepEqual(await codes('10.0.0.2'), ['name-mismatch']);
    assert.deepEqual(await codes('*.a.test', 70), ['expires-soon']);
    assert.deepEqual(await codes('*.a.test', 91), ['expired']);
    assert.deepEqual(await codes('*.a.test', -1), ['not-yet-valid']);
    await mkdir(folder, { recursive: true });
    const { chmod } = await import('node:fs/promises');
    await chmod(files.key, 0o644);
    assert.deepEqual(await codes('*.a.test'), ['key-readable-by-others']);
    await rm(files.ca);
    assert.ok((await codes('*.a.test')).includes('authority-missing'));
    assert.ok(new X509Certificate(await readFile(files.certificate)).subjectAltName);
  });
});
