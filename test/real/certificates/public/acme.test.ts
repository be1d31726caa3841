import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join, resolve } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { parseCertificates } from '../../../../src/certificates/encoding/pem-certificates.ts';
import { until } from '../../../harness/until.ts';
import { ChallengeGate } from '../../fixtures/acme/challenge-gate.ts';
import { freePort, Workspace, type CliOutcome } from '../../fixtures/cli.ts';
import { Pebble } from '../../fixtures/acme/pebble.ts';

const NAME = 'chroma.example.test';
const HMAC = 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W';

describe('a certificate from an ACME authority', () => {
  let pebble: Pebble;

  before(async function () {
    pebble = await Pebble.start(this, {
      nonceReject: 50,
      authzReuse: 0,
      alternateRoots: 1,
      strict: true,
      blocked: ['blocked.test'],
    });
  });
  after(() => {
    pebble.close();
  });

  it('is for all names and addresses, while half of all nonces are refused', async () => {
    const workspace = await Workspace.create();
    const names = ['--name', 'other.example.test', '--name', '127.0.0.1'];
    const { code, stderr } = await workspace.run(requestFor(pebble, ...names));
    assert.equal(code, 0, stderr);
    const leaf = await readLeaf(workspace);
    assert.equal(
      leaf.subjectAltName,
      'DNS:chroma.example.test, DNS:other.example.test, IP Address:127.0.0.1',
    );
    const key = await readFile(join(workspace.folder, 'certs/serverkey.pem'));
    assert.ok(leaf.checkPrivateKey(createPrivateKey(key)));
    assert.ok(await isSignedUpTo(workspace, await pebble.issuingRoots()));
    assert.deepEqual(await privateModes(workspace), []);
    assert.equal(await mode(join(workspace.folder, 'certs/serverkey.pem')), '600');
    assert.ok(!(await filesOf(workspace)).some((file) => file.endsWith('acme-order.json')));
  });

  it('takes the account that the user has, whatever the workspace', async () => {
    const first = await Workspace.create();
    assert.equal((await first.run(requestFor(pebble))).code, 0);
    const accounts = await countOf(pebble, 'account');
    const second = await Workspace.create({ ...dataOf(first) });
    // The terms were agreed to once, and are not asked for again.
    const again = requestFor(pebble).filter((word) => word !== '--agree-tos');
    const { code, stderr } = await second.run(again);
    assert.equal(code, 0, stderr);
    assert.equal(await countOf(pebble, 'account'), accounts);
  });

  it('makes the account again where the authority has forgotten it', async () => {
    const workspace = await Workspace.create();
    assert.equal((await workspace.run(requestFor(pebble))).code, 0);
    const [file = ''] = (await filesOf(workspace)).filter((path) => path.includes('acme-accounts'));
    const account = JSON.parse(await readFile(file, 'utf8')) as { key: string; url: string };
    await writeFile(file, JSON.stringify({ ...account, url: `${account.url}0000` }));
    const { code, stderr } = await workspace.run(requestFor(pebble));
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), account);
  });

  it('has the profile that was named, and for one it has not those that there are', async () => {
    const workspace = await Workspace.create();
    const { code, stderr } = await workspace.run(requestFor(pebble, '--profile', 'shortlived'));
    assert.equal(code, 0, stderr);
    const leaf = await readLeaf(workspace);
    const days = (Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)) / 86_400_000;
    assert.equal(Math.round(days), 6);
    const unknown = await workspace.run(requestFor(pebble, '--profile', 'eternal'));
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /no profile eternal.*has default, shortlived, tlsserver/);
  });

  it('is for an address alone', async () => {
    const workspace = await Workspace.create();
    const { code, stderr } = await workspace.run(requestFor(pebble, '--domain', '127.0.0.1'));
    assert.equal(code, 0, stderr);
    assert.equal((await readLeaf(workspace)).subjectAltName, 'IP Address:127.0.0.1');
  });

  it('has the kind of key that is set', async () => {
    const workspace = await Workspace.create();
    const { code, stderr } = await workspace.run(requestFor(pebble, '--key-type', 'rsa-3072'));
    assert.equal(code, 0, stderr);
    const { asymmetricKeyDetails } = (await readLeaf(workspace)).publicKey;
    assert.equal(asymmetricKeyDetails?.modulusLength, 3072);
  });

  it('waits for a root that is not known, and is finished once it is named', async () => {
    const workspace = await Workspace.create();
    const own = join(workspace.folder, '../own.pem');
    await writeFile(own, pebble.ownRoot);
    const before = await countOf(pebble, 'order');
    const line = requestFor(pebble).map((word) => (word === pebble.rootsFile ? own : word));
    const { code, stderr } = await workspace.run(line);
    assert.equal(code, 1);
    assert.match(stderr, /issued and is kept.*--directory-root FILE/);
    assert.deepEqual(await readdir(workspace.folder), []);
    // The second root signed an alternate chain only.
    const [, alternate = ''] = await pebble.issuingRoots();
    await writeFile(own, pebble.ownRoot + alternate);
    const finished = await workspace.run(line);
    assert.equal(finished.code, 0, finished.stderr);
    assert.ok(await isSignedUpTo(workspace, [alternate]));
    assert.equal(await countOf(pebble, 'order'), before + 1);
  });

  for (const [how, signal] of [
    ['is killed', 'SIGKILL'],
    ['is cancelled', 'SIGINT'],
  ] as const) {
    it(`goes on with its order after it ${how} before the names are proved`, async () => {
      const workspace = await Workspace.create();
      const before = await countOf(pebble, 'order');
      let child: ChildProcess | undefined;
      const gate = await ChallengeGate.open(pebble.httpPort, async () => {
        child?.kill(signal);
        await until('its end', () => child?.exitCode !== null || child.signalCode !== null);
      });
      try {
        const line = requestThrough(pebble, gate);
        child = begin(workspace, line);
        await ended(child);
        assert.deepEqual(await readdir(workspace.folder), []);
        assert.deepEqual(await privateModes(workspace), []);
        const { code, stderr } = await workspace.run(line);
        assert.equal(code, 0, stderr);
        assert.match(stderr, /going on with the order/);
        assert.equal(await countOf(pebble, 'order'), before + 1);
      } finally {
        await gate.close();
      }
    });
  }

  it('is not ordered again after it is killed while it is signed', async () => {
    const workspace = await Workspace.create();
    const before = await countOf(pebble, 'order');
    const child = begin(workspace, requestFor(pebble));
    const end = ended(child);
    await until('the request for the signature', async () => {
      const file = (await filesOf(workspace)).find((path) => path.endsWith('acme-order.json'));
      const text = file === undefined ? '' : await readFile(file, 'utf8').catch(() => '');
      return text.includes('"isFinalised":true');
    });
    child.kill('SIGKILL');
    await end;
    const { code, stderr } = await workspace.run(requestFor(pebble));
    assert.equal(code, 0, stderr);
    assert.equal(await countOf(pebble, 'order'), before + 1);
    assert.ok(await isSignedUpTo(workspace, await pebble.issuingRoots()));
  });

  it('is requested by one terminal at a time', async () => {
    const workspace = await Workspace.create();
    let second: CliOutcome | undefined;
    const gate = await ChallengeGate.open(pebble.httpPort, async () => {
      second ??= await workspace.run(requestThrough(pebble, gate));
    });
    try {
      const first = await workspace.run(requestThrough(pebble, gate));
      assert.equal(first.code, 0, first.stderr);
    } finally {
      await gate.close();
    }
    assert.equal(second?.code, 1);
    assert.match(second.stderr, /Another window or terminal requests a certificate/);
  });

  it('leaves a key its passphrase, and asks nobody while that is not known', async () => {
    const passphrase = { CHROMA_TLS_KEY_PASSPHRASE: 'correct horse' };
    const workspace = await Workspace.create();
    assert.equal((await workspace.run(['generate'])).code, 0);
    const protect = await workspace.run(['protect'], {
      CHROMA_TLS_NEW_PASSPHRASE: passphrase.CHROMA_TLS_KEY_PASSPHRASE,
    });
    assert.equal(protect.code, 0, protect.stderr);
    const before = await countOf(pebble, 'order');
    for (const wrong of ['', 'battery staple']) {
      const env = { CHROMA_TLS_KEY_PASSPHRASE: wrong };
      const { code, stderr } = await workspace.run(requestFor(pebble), env);
      assert.equal(code, 1);
      assert.match(stderr, /The private key is locked/);
    }
    assert.equal(await countOf(pebble, 'order'), before);
    const { code, stderr } = await workspace.run(requestFor(pebble), passphrase);
    assert.equal(code, 0, stderr);
    const pem = await readFile(join(workspace.folder, 'certs/serverkey.pem'), 'utf8');
    assert.match(pem, /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    const key = createPrivateKey({ key: pem, passphrase: passphrase.CHROMA_TLS_KEY_PASSPHRASE });
    assert.ok((await readLeaf(workspace)).checkPrivateKey(key));
  });

  describe('that cannot be had', () => {
    let workspace: Workspace;
    let kept: string;
    before(async () => {
      workspace = await Workspace.create();
      assert.equal((await workspace.run(['generate', '--domain', NAME])).code, 0);
      kept = await everyFile(workspace);
    });

    const cases: readonly [string, () => readonly string[], RegExp][] = [
      [
        'a name that the authority refuses',
        () => requestFor(pebble, '--name', 'www.blocked.test'),
        /issues nothing for www\.blocked\.test\. It says: .*Ask for other names/,
      ],
      [
        'a root of the directory that is not known',
        () =>
          requestFor(pebble).filter(
            (word) => word !== '--directory-root' && word !== pebble.rootsFile,
          ),
        /does not know the authority of its certificate.*--directory-root/,
      ],
      [
        'another server than a directory',
        () => requestFor(pebble, '--directory', `${pebble.directory}/not-here`),
        /is not the directory of an ACME server.*status 404/,
      ],
      [
        'a server that is not there',
        () => requestFor(pebble, '--directory', 'https://localhost:1/dir'),
        /could not be asked.*Nothing listens/,
      ],
      [
        'a host that is not there',
        () => requestFor(pebble, '--directory', 'https://acme.invalid/dir'),
        /could not be asked.*no address/,
      ],
      [
        'a directory in clear',
        () => requestFor(pebble, '--directory', 'http://localhost:1/dir'),
        /asked over TLS/,
      ],
      [
        'an e-mail address that the authority refuses',
        () => requestFor(pebble, '--email', 'me?x@example.com'),
        /refuses the e-mail address.*It says: /,
      ],
      [
        'a wildcard by http-01',
        () => requestFor(pebble, '--name', '*.example.test'),
        /wildcard \*\.example\.test cannot be proved by http-01.*Use dns-01/,
      ],
      [
        'an address by dns-01',
        () => [
          ...['request', '--directory', pebble.directory, '--challenge', 'dns-01'],
          ...['--name', '192.0.2.1'],
        ],
        /192\.0\.2\.1 cannot be proved by dns-01/,
      ],
      [
        'a name of this machine from a public authority',
        () => ['request', '--directory', 'staging', '--name', 'localhost'],
        /No public authority signs/,
      ],
      [
        'terms that nobody agreed to',
        () => requestFor(pebble).filter((word) => word !== '--agree-tos'),
        /terms agreed to.*--agree-tos/,
      ],
    ];
    for (const [what, line, said] of cases) {
      it(`for ${what}: the cure is said, and the certificate that was there stays`, async () => {
        const data = await Workspace.create();
        const { code, stderr } = await workspace.run(line(), dataOf(data));
        assert.equal(code, 1, stderr);
        assert.match(stderr.replaceAll('\n', ' '), said);
        assert.equal(await everyFile(workspace), kept);
      });
    }

    it('while its port is taken: the order stays, and is taken up', async () => {
      const other = createServer();
      await new Promise<void>((done) => other.listen(pebble.httpPort, done));
      const orders = await countOf(pebble, 'order');
      const fresh = await Workspace.create();
      const { code, stderr } = await fresh.run(requestFor(pebble));
      await new Promise((done) => other.close(done));
      assert.equal(code, 1);
      assert.match(stderr, /Port \d+ is taken.*held by/);
      const again = await fresh.run(requestFor(pebble));
      assert.equal(again.code, 0, again.stderr);
      assert.equal(await countOf(pebble, 'order'), orders + 1);
    });
  });

  it('is refused a command line that says nothing of use', async () => {
    const workspace = await Workspace.create();
    for (const line of [
      '',
      '--directory here',
      '--directory staging --challenge smoke-01',
      '--directory staging --http-port 0',
      '--directory staging --webroot . --http-port 81',
      '--directory staging --challenge dns-01 --webroot .',
      '--directory staging --email nobody',
      '--directory staging --eab-kid one',
      '--directory staging --dns-hook no-such-program',
    ]) {
      const { code } = await workspace.run(['request', ...line.split(' ').filter(Boolean)]);
      assert.equal(code, 2, line);
    }
    assert.deepEqual(await readdir(workspace.folder), []);
  });

  describe('that takes only those who have an account with it', () => {
    let bound: Pebble;
    before(async function () {
      bound = await Pebble.start(this, { eab: { 'kid-1': HMAC }, authzReuse: 100 });
    });
    after(() => {
      bound.close();
    });

    it('is had with the key of that account, which is kept nowhere, and proves names once', async () => {
      const workspace = await Workspace.create();
      const without = await workspace.run(requestFor(bound));
      assert.equal(without.code, 1);
      assert.match(without.stderr, /account that you have with it.*--eab-kid/);
      const file = join(workspace.folder, '../hmac');
      await writeFile(file, `${HMAC}\n`);
      const stranger = ['--eab-kid', 'kid-2', '--eab-hmac-file', file];
      const refused = await workspace.run(requestFor(bound, ...stranger));
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /It says: /);
      const { code, stderr } = await workspace.run(
        requestFor(bound, '--eab-kid', 'kid-1', '--eab-hmac-file', file),
      );
      assert.equal(code, 0, stderr);
      for (const path of await filesOf(workspace)) {
        assert.ok(!(await readFile(path, 'utf8')).includes(HMAC), path);
      }
      // The names are proved by now, so nobody has to reach this port.
      const elsewhere = ['--http-port', String(await freePort())];
      const again = await workspace.run(requestFor(bound, ...elsewhere));
      assert.equal(again.code, 0, again.stderr);
      assert.doesNotMatch(again.stderr, /has checked/);
    });
  });
});

function requestFor(pebble: Pebble, ...more: readonly string[]): readonly string[] {
  return [
    ...['request', '--directory', pebble.directory, '--directory-root', pebble.rootsFile],
    ...['--http-port', String(pebble.httpPort), '--agree-tos', '--domain', NAME],
    // What stands later counts.
    ...more,
  ];
}

function requestThrough(pebble: Pebble, { port }: ChallengeGate): readonly string[] {
  return requestFor(pebble, '--http-port', String(port));
}

/** How often it made one, which is not how often it was asked: it refuses nonces. */
async function countOf(pebble: Pebble, what: 'order' | 'account'): Promise<number> {
  const made = what === 'order' ? /Added order/g : /There are now \d+ accounts/g;
  return [...(await pebble.log()).matchAll(made)].length;
}

/** The variable that gives another workspace the same data folder. */
function dataOf({ env }: Workspace): NodeJS.ProcessEnv {
  return { CHROMA_TLS_DATA_DIR: env['CHROMA_TLS_DATA_DIR'] };
}

async function readLeaf({ folder }: Workspace): Promise<X509Certificate> {
  return new X509Certificate(await readFile(join(folder, 'certs/servercert.pem')));
}

/** Whether each certificate was signed by the next, and the last by one of these and by `ca.pem`. */
async function isSignedUpTo({ folder }: Workspace, roots: readonly string[]): Promise<boolean> {
  const chain = parseCertificates(await readFile(join(folder, 'certs/servercert.pem'), 'utf8'));
  const [root] = parseCertificates(await readFile(join(folder, 'certs/ca.pem'), 'utf8'));
  const known = roots.flatMap(parseCertificates).map(({ fingerprint256 }) => fingerprint256);
  if (root === undefined || !known.includes(root.fingerprint256)) return false;
  const path = [...chain.filter((one) => one.fingerprint256 !== root.fingerprint256), root];
  return path.every((one, index) => one.verify((path[index + 1] ?? root).publicKey));
}

async function filesOf(workspace: Workspace): Promise<readonly string[]> {
  const data = String(workspace.env['CHROMA_TLS_DATA_DIR']);
  const entries = await readdir(data, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
}

/** The files of ACME in the user's data folder that others may read; there are none. */
async function privateModes(workspace: Workspace): Promise<readonly string[]> {
  const wide: string[] = [];
  for (const file of await filesOf(workspace)) {
    if (file.includes('acme') && (await mode(file)) !== '600') wide.push(file);
  }
  return wide;
}

async function mode(file: string): Promise<string> {
  return ((await stat(file)).mode & 0o777).toString(8);
}

/** The files of a workspace, and a digest of what is in them. */
async function everyFile({ folder }: Workspace): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const texts = await Promise.all(files.toSorted().map((file) => readFile(file, 'utf8')));
  const names = files.toSorted().map((file) => basename(file));
  return `${names.join(' ')} ${createHash('sha256').update(texts.join('\0')).digest('hex')}`;
}

/** Starts a command, to be ended at any time. */
function begin(workspace: Workspace, line: readonly string[]): ChildProcess {
  return spawn(process.execPath, [resolve('dist/cli.js'), ...line], {
    cwd: workspace.folder,
    env: workspace.env,
    stdio: 'ignore',
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    child.once('exit', () => {
      done();
    });
  });
}
