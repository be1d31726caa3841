import assert from 'node:assert/strict';
import {
  createPrivateKey,
  generateKeyPairSync,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { beforeEach, describe, it } from 'mocha';
import { joinBundles, type Bundle } from '../../../src/certificates/encoding/bundle.ts';
import { readBundle } from '../../../src/certificates/encoding/read-bundle.ts';
import { createRequest } from '../../../src/certificates/issue/certificate-request.ts';
import { installImport } from '../../../src/certificates/install-import.ts';
import {
  needsMoreFiles,
  planImport,
  type ImportPlan,
} from '../../../src/certificates/import/import-plan.ts';
import { createPlanner } from '../../../src/certificates/import/import-planner.ts';
import { inspectCertificate } from '../../../src/certificates/inspect/inspect.ts';
import type { AskPassphrase } from '../../../src/certificates/encoding/passphrase.ts';
import { rewriteKey } from '../../../src/certificates/rewrite-key.ts';
import { openServerKey } from '../../../src/certificates/folder/server-key.ts';
import { PublicRoots } from '../../../src/certificates/inspect/system-roots.ts';
import * as x509 from '../../../src/certificates/encoding/x509.ts';
import { ExplainedError } from '../../../src/system/errors.ts';
import { resolveNames } from '../../../src/project/certificate-name.ts';
import { skipBecause } from '../../harness/skip-reasons.ts';
import { issue, issueChain, rsa, withoutEnd, type Party, type PartyWish } from './pki-fixture.ts';
import { hasOpenssl, makeWorkspace, type WorkspaceFixture } from './workspace-fixture.ts';

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

const askNobody = (): Promise<string> => Promise.reject(new Error('nobody was to be asked'));

function bundle(certificates: readonly Party[], keys: readonly Party[]): Bundle {
  return {
    certificates: certificates.map(({ certificate }) => certificate),
    keys: keys.map(({ key }) => ({ key })),
  };
}

function plan(
  parts: Bundle,
  how: { domain?: string; own?: Party; roots?: readonly Party[] } = {},
): Promise<ImportPlan> {
  const { domain = 'localhost', own, roots = [] } = how;
  return planImport(parts, {
    domain,
    ownKey: own && { key: own.key },
    roots: new PublicRoots(roots.map(({ certificate }) => certificate)),
  });
}

describe('planning an import', () => {
  it('finds the pair, sorts the chain and has no complaint', async () => {
    const { root, middle, leaf } = await issueChain({ usages: [SERVER_AUTH] });
    const stranger = await issue({ name: 'Stranger' });
    const found = await plan(bundle([root, stranger, leaf, middle], [leaf]));
    assert.equal(found.leaf, leaf.certificate);
    assert.equal(found.files.certificate, leaf.pem + middle.pem + root.pem);
    assert.equal(found.files.ca, root.pem);
    assert.equal(found.bringsAuthority, true);
    assert.ok(createPrivateKey(found.files.key).equals(leaf.key));
    assert.deepEqual(found.warnings, []);
  });

  it('takes the certificate with addresses out of a folder of ours, not the one beside it', async () => {
    const fixture = await makeWorkspace();
    const { facts, files } = await fixture.generate();
    const paths = [files.ca, files.names, files.certificate, files.key];
    const read = paths.map(async (name) => ({ name, content: await readFile(name) }));
    const found = await plan(await readBundle(await Promise.all(read), askNobody));
    assert.equal(found.leaf.fingerprint256, facts.fingerprint256);
    assert.equal(found.files.certificate, await readFile(files.certificate, 'utf8'));
  });

  it('puts a public root into ca.pem, and has no server send it', async () => {
    const { root, middle, leaf } = await issueChain();
    for (const certificates of [
      [middle, leaf],
      [root, leaf, middle],
    ]) {
      const found = await plan(bundle(certificates, [leaf]), { roots: [root] });
      assert.equal(found.files.certificate, leaf.pem + middle.pem);
      assert.equal(found.files.ca, root.pem);
      assert.equal(found.bringsAuthority, false, 'every client has it');
      assert.deepEqual(found.warnings, []);
    }
    const alone = await issue();
    assert.equal((await plan(bundle([alone], [alone]))).bringsAuthority, false, 'it is none');
  });

  it('prefers a server’s certificate, one for the domain, and the one that lasts', async () => {
    const { root, middle, leaf } = await issueChain();
    const { keys } = leaf;
    const renewed = await issue({ name: 'Leaf', keys, by: middle, until: 300 });
    const other = await issue({ name: 'Leaf', keys, by: middle, names: ['a.test'], until: 400 });
    const all = [leaf, other, renewed, middle, root];
    assert.equal((await plan(bundle(all, [root, leaf, middle]))).leaf, renewed.certificate);
    const forOther = await plan(bundle(all, [leaf]), { domain: 'a.test' });
    assert.equal(forOther.leaf, other.certificate);
  });

  it('takes the folder’s own key for a certificate that was requested with it', async () => {
    const { root, middle, leaf } = await issueChain();
    const parts = bundle([leaf, middle, root], []);
    const found = await plan(parts, { own: leaf });
    assert.ok(found.key.equals(leaf.key));
    await assert.rejects(plan(parts, { own: root.certificate.ca ? await issue() : root }), {
      code: 'import-key-missing',
    });
  });

  it('says which part is missing, and that another file may have it', async () => {
    const { root, middle, leaf } = await issueChain();
    const cases: readonly [string, Bundle, RegExp][] = [
      ['import-certificate-missing', bundle([], [leaf]), /no certificate/],
      ['import-key-missing', bundle([leaf, middle, root], []), /no private key.*Leaf/],
      ['import-key-mismatch', bundle([leaf, middle], [await issue()]), /none of the cert/],
      ['import-issuer-missing', bundle([leaf, root], [leaf]), /"Middle" is missing.*"Leaf"/],
      ['import-issuer-missing', bundle([leaf, middle], [leaf]), /"Root" is missing.*"Middle"/],
    ];
    for (const [code, parts, what] of cases) {
      await assert.rejects(plan(parts), (error) => {
        assert.ok(error instanceof ExplainedError);
        assert.equal(error.code, code);
        assert.match(error.message, what);
        return needsMoreFiles(error.problem);
      });
    }
    const late = joinBundles([bundle([leaf, root], [leaf]), bundle([middle], [])]);
    assert.equal((await plan(late)).anchor, root.certificate);
  });

  it('refuses dates that cannot be read', async () => {
    const { root, middle, leaf } = await issueChain();
    const certificates = [withoutEnd(leaf), middle.certificate, root.certificate];
    await assert.rejects(plan({ certificates, keys: [{ key: leaf.key }] }), {
      code: 'import-dates-unreadable',
      message: /"Leaf" has dates that cannot be read/,
    });
  });

  it('takes no more certificates than can be tried against each other', async () => {
    const { leaf, middle, root } = await issueChain();
    const others: Party[] = [];
    while (others.length < 98) others.push(await issue({ keys: leaf.keys, by: middle }));
    const found = await plan(bundle([leaf, middle, root, ...others.slice(1), leaf], [leaf]));
    assert.equal(found.anchor, root.certificate);
    await assert.rejects(plan(bundle([leaf, middle, root, ...others], [leaf])), {
      code: 'import-too-many-certificates',
    });
  });

  it('refuses keys that TLS servers do not take', async () => {
    const curve = { name: 'ECDSA', namedCurve: 'P-256' };
    const self = await issue({ algorithm: curve });
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    // A certificate on that curve cannot be made here, so its key stands in as the matching one.
    const pretend = Object.assign(Object.create(self.certificate) as X509Certificate, {
      checkPrivateKey: () => true,
    });
    await assert.rejects(
      plan({ certificates: [pretend], keys: [{ key: privateKey }] }),
      (error) =>
        error instanceof ExplainedError &&
        error.code === 'unsupported-key' &&
        !needsMoreFiles(error.problem),
    );
  });

  it('warns of a key that writes its curve out, though OpenSSL knows which it is', async function () {
    if (!hasOpenssl()) skipBecause(this, 'needs the openssl program');
    const fixture = await makeWorkspace();
    const { folder } = fixture;
    await mkdir(folder);
    fixture.openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-pkeyopt', 'ec_param_enc:explicit', '-keyout', 'k.pem', '-out', 'c.pem'],
      ...['-subj', '/CN=x', '-addext', 'subjectAltName=DNS:localhost', '-days', '99'],
    );
    const certificates = [new X509Certificate(await readFile(`${folder}/c.pem`))];
    const keys = [{ key: createPrivateKey(await readFile(`${folder}/k.pem`)) }];
    const { warnings } = await plan({ certificates, keys });
    assert.match(
      warnings.map(({ code, what }) => `${code} ${what}`).join(),
      /^limited-key .*curve/,
    );
  });

  it('warns of what clients will stumble over, and refuses none of it', async () => {
    const codes = async (wish: PartyWish, domain = 'localhost'): Promise<readonly string[]> => {
      const self = await issue(wish);
      const { warnings } = await plan(bundle([self], [self]), { domain });
      return warnings.map(({ code }) => code);
    };
    assert.deepEqual(await codes({}), []);
    assert.deepEqual(await codes({ names: ['*.a.test'] }, 'b.a.test'), []);
    assert.deepEqual(await codes({ names: ['*.a.test'] }, '*.a.test'), []);
    assert.deepEqual(await codes({}, 'a.test'), ['name-mismatch']);
    assert.deepEqual(await codes({ from: -9, until: -1 }), ['expired']);
    assert.deepEqual(await codes({ from: -90, until: 3 }), ['expires-soon']);
    assert.deepEqual(await codes({ from: 1 }), ['not-yet-valid']);
    assert.deepEqual(await codes({ algorithm: rsa(1024) }), ['weak-key']);
    assert.deepEqual(await codes({ algorithm: { name: 'ECDSA', namedCurve: 'P-521' } }), [
      'limited-key',
    ]);
    assert.deepEqual(await codes({ usages: [CLIENT_AUTH] }), ['no-server-usage'], 'said once');
    assert.ok((await codes({ ca: true, names: [] })).includes('authority-as-server'));
  });

  it('takes a DNS name for no address, as no client does', async () => {
    const warningsOf = async (wish: PartyWish): Promise<ImportPlan['warnings']> => {
      const self = await issue(wish);
      return (await plan(bundle([self], [self]), { domain: '127.0.0.1' })).warnings;
    };
    const [warning, ...others] = await warningsOf({ names: ['localhost', '127.0.0.1'] });
    assert.deepEqual([warning?.code, others], ['name-mismatch', []]);
    assert.match(warning?.what ?? '', /127\.0\.0\.1 .*as a DNS name/);
    assert.deepEqual(await warningsOf({ addresses: ['127.0.0.1'] }), []);
  });

  it('judges every authority of the chain, the root too', async () => {
    const warningsFor = async (links: {
      readonly root?: PartyWish;
      readonly middle?: PartyWish;
      readonly usages?: readonly string[];
    }): Promise<readonly string[]> => {
      const root = await issue({ name: 'Root', ca: true, ...links.root });
      const middle = await issue({ name: 'Middle', ca: true, by: root, ...links.middle });
      const leaf = await issue({ name: 'Leaf', by: middle });
      const { warnings } = await plan(bundle([leaf, middle, root], [leaf]));
      return warnings.map(({ code, what }) => `${code} ${/"(\w+)"/.exec(what)?.[1] ?? what}`);
    };
    const past = { from: -9, until: -1 };
    assert.deepEqual(await warningsFor({}), []);
    assert.deepEqual(await warningsFor({ middle: past }), ['authority-expired Middle']);
    assert.deepEqual(await warningsFor({ root: past }), ['authority-expired Root']);
    for (const [link, name] of [
      ['middle', 'Middle'],
      ['root', 'Root'],
    ] as const) {
      assert.deepEqual(await warningsFor({ [link]: { from: 2 } }), [
        `authority-not-yet-valid ${name}`,
      ]);
      assert.deepEqual(await warningsFor({ [link]: { from: -90, until: 3 } }), [
        `authority-expires-soon ${name}`,
      ]);
      assert.deepEqual(await warningsFor({ [link]: { algorithm: rsa(1024) } }), [
        `weak-key ${name}`,
      ]);
    }
    assert.deepEqual(await warningsFor({ middle: { ca: false } }), ['not-an-authority Middle']);
    assert.deepEqual(await warningsFor({ middle: { usages: [CLIENT_AUTH] } }), [
      'no-server-usage Middle',
    ]);
  });

  it('passes on what a client says that it has no warning of its own for', async () => {
    const root = await issue({ name: 'Root', ca: true, pathLength: 0 });
    const middle = await issue({ name: 'Middle', ca: true, by: root });
    const leaf = await issue({ name: 'Leaf', by: middle });
    const { warnings } = await plan(bundle([leaf, middle, root], [leaf]));
    const [warning, ...others] = warnings;
    assert.deepEqual([warning?.code, others], ['refused-by-client', []]);
    assert.match(warning?.what ?? '', /no other authority under it \(path length\)\.$/);
  });

  it('builds the chain of what is valid now, where an authority was renewed', async () => {
    const root = await issue({ name: 'Root', ca: true });
    const old = await issue({ name: 'Middle', ca: true, by: root, from: -9, until: -1 });
    const next = { name: 'Middle', ca: true, by: root, keys: old.keys } as const;
    const valid = await issue(next);
    const early = await issue({ ...next, from: 5, until: 400 });
    const leaf = await issue({ name: 'Leaf', by: valid });
    const found = await plan(bundle([leaf, old, early, valid, root], [leaf]));
    assert.equal(found.files.certificate, leaf.pem + valid.pem + root.pem);
    assert.deepEqual(found.warnings, []);
  });

  it('warns of a signature by SHA-1 below the root', async () => {
    const weak = { ...rsa(2048, 'SHA-1') };
    const root = await issue({ ca: true, algorithm: weak, name: 'Old' });
    const signer = { ...root, keys: root.keys };
    const leaf = await issue({ by: signer, name: 'Leaf' });
    const { warnings } = await plan(bundle([leaf, root], [leaf]));
    assert.ok(
      warnings.some(({ code }) => code === 'weak-signature' || code === 'refused-by-client'),
    );
  });
});

describe('importing', () => {
  let fixture: WorkspaceFixture;
  beforeEach(async () => {
    fixture = await makeWorkspace();
  });

  async function put(passphrase?: string): Promise<{ readonly leaf: Party; backup?: string }> {
    const { root, middle, leaf } = await issueChain();
    const { backup } = await installImport({
      workspace: fixture.workspace,
      folder: fixture.folder,
      plan: await plan(bundle([middle, leaf, root], [leaf])),
      passphrase,
    });
    return { leaf, ...(backup === undefined ? {} : { backup }) };
  }

  it('leaves a pair that is as good as one of ours', async () => {
    const { leaf, backup } = await put();
    assert.equal(backup, undefined);
    const state = await inspectCertificate(fixture.folder, 'localhost');
    assert.ok(state.kind === 'present');
    assert.deepEqual(state.facts.problems, []);
    assert.equal(state.facts.fingerprint256, leaf.certificate.fingerprint256);
    assert.equal((await stat(fixture.files.key)).mode & 0o777, 0o600);
    assert.match(await readFile(`${fixture.folder}/.gitignore`, 'utf8'), /serverkey\.pem/);
  });

  it('keeps what was there, and lets Generate go on from it', async () => {
    const { facts } = await fixture.generate();
    const { backup = '' } = await put();
    const kept = new X509Certificate(await readFile(`${backup}/servercert.pem`));
    assert.equal(kept.fingerprint256, facts.fingerprint256);
    const again = await fixture.generate({ replaceForeign: true });
    assert.equal(again.trustLost, 'other-authority');
    assert.deepEqual(again.facts.problems, []);
  });

  const present = 'a passphrase';

  /** Closes the own key, has another authority answer a request made with it. */
  async function requestElsewhere(): Promise<{ readonly key: KeyObject; readonly parts: Bundle }> {
    await fixture.generate();
    const { workspace, folder } = fixture;
    await rewriteKey({ workspace, folder, present: undefined, next: present });
    const { key } = await openServerKey({ workspace, folder, present });
    const pem = await createRequest(key, resolveNames('localhost', []));
    const request = new x509.Pkcs10CertificateRequest(pem);
    const root = await issue({ name: 'Root', ca: true });
    const answer = await x509.X509CertificateGenerator.create({
      subject: request.subject,
      issuer: root.authority.subject,
      publicKey: request.publicKey,
      signingKey: root.keys.privateKey,
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      extensions: request.extensions,
    });
    const content = Buffer.from(`${answer.toString('pem')}\n${root.pem}`);
    return { key, parts: await readBundle([{ name: 'answer.pem', content }], askNobody) };
  }

  it('asks what opens the own key only when the certificate that was asked for with it comes', async () => {
    const { key, parts } = await requestElsewhere();
    const { workspace, folder } = fixture;
    const target = { workspace, folder, domain: 'localhost', roots: new PublicRoots([]) };
    const questions: boolean[] = [];
    const ask: AskPassphrase = ({ again }) => {
      questions.push(again);
      return Promise.resolve(again ? present : 'a wrong one');
    };
    const planWith = createPlanner({ ...target, present: undefined }, ask);
    const found = await planWith(parts);
    assert.deepEqual([found.key.equals(key), found.passphrase], [true, present]);
    assert.deepEqual(questions, [false, true]);
    assert.equal((await planWith(parts)).passphrase, present, 'and not again');
    assert.equal(questions.length, 2);

    const { root, middle, leaf } = await issueChain();
    for (const known of [undefined, 'a wrong one']) {
      const planSilently = createPlanner({ ...target, present: known }, askNobody);
      await assert.rejects(planSilently(bundle([leaf, middle, root], [])), {
        code: 'import-key-missing',
      });
      const brought = await planSilently(bundle([leaf, middle, root], [leaf]));
      assert.ok(brought.key.equals(leaf.key));
    }
  });

  it('keeps the own key closed when the certificate that was asked for with it comes', async () => {
    const { key, parts } = await requestElsewhere();
    const { workspace, folder } = fixture;
    const ownKey = await openServerKey({ workspace, folder, present });
    for (const keys of [[], [{ key }]]) {
      const found = await planImport({ ...parts, keys }, { domain: 'localhost', ownKey });
      assert.equal(found.passphrase, 'a passphrase');
      await installImport({ workspace, folder, plan: found, passphrase: found.passphrase });
      assert.match(await readFile(fixture.files.key, 'utf8'), /^-----BEGIN ENCRYPTED/);
    }
    const again = await openServerKey({ workspace, folder, present });
    assert.ok(again.key.equals(key));
  });

  it('keeps the key closed where that is wanted', async () => {
    await put('a passphrase');
    assert.match(await readFile(fixture.files.key, 'utf8'), /^-----BEGIN ENCRYPTED PRIVATE KEY/);
    assert.equal((await stat(fixture.files.key)).mode & 0o777, 0o600);
    const state = await inspectCertificate(fixture.folder, 'localhost', () =>
      Promise.resolve('a passphrase'),
    );
    assert.ok(state.kind === 'present');
    assert.deepEqual([state.facts.problems, state.facts.keyEncrypted], [[], true]);
  });
});
