import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { SmallDisk } from '../../../../harness/small-disk.ts';
import { until } from '../../../../harness/until.ts';
import { AcmeRelay } from '../../../fixtures/acme/acme-relay.ts';
import { readOwnFiles, requestArguments } from '../../../fixtures/acme/acme-request.ts';
import { Workspace } from '../../../fixtures/cli.ts';
import { Pebble, type AcmeRequest } from '../../../fixtures/acme/pebble.ts';

describe('an ACME request that was broken off', () => {
  let pebble: Pebble;
  let relay: AcmeRelay;
  let workspace: Workspace;

  before(async function () {
    pebble = await Pebble.start(this, { nonceReject: 0 });
    relay = await AcmeRelay.start(pebble);
    workspace = await Workspace.create(pebble.env);
    assert.equal((await workspace.run(['generate'])).code, 0);
  });
  after(() => {
    relay.close();
    pebble.close();
  });
  afterEach(() => {
    relay.clear();
  });

  const moments: readonly (readonly [string, AcmeRequest, 'before' | 'after'])[] = [
    ['while a name is being proved', 'challenge', 'before'],
    ['between the order and its end', 'finalize', 'before'],
    ['before it hears that it is signed', 'finalize', 'after'],
    ['with the certificate on its way', 'certificate', 'after'],
  ];
  for (const [moment, what, when] of moments) {
    for (const how of ['kill -9', 'the connection'] as const) {
      // What only reads is asked again, and again.
      if (how === 'the connection' && what === 'certificate') continue;
      it(`goes on with its order: ${how}, ${moment}`, async () => {
        const before = await readOwnFiles(workspace);
        const args = requestArguments(pebble, { directory: relay.directory });
        const orders = await pebble.requestsFor('newOrder');

        const reached = new Promise<void>((done) => {
          relay.intercept(what, {
            [when]: () => {
              if (how === 'kill -9') done();
              return 'cut';
            },
          });
        });
        const broken = await workspace.run(args, {}, reached, 'SIGKILL');
        assert.equal(broken.code, 1, broken.stdout);
        if (how === 'the connection') assert.match(broken.stderr, /Try again: the order continues/);
        assert.deepEqual(await readOwnFiles(workspace), before, 'what was there stays');

        relay.clear();
        await finish(args, orders);
      });
    }
  }

  it('is made again where the authority no longer has its certificate', async () => {
    const args = requestArguments(pebble, { directory: relay.directory, domain: 'gone.test' });
    relay.intercept('certificate', { before: () => ({ status: 404 }) });
    const refused = await workspace.run(args);
    assert.equal(refused.code, 1, refused.stdout);
    relay.clear();
    const orders = await pebble.requestsFor('newOrder');
    await finish(args, orders, 'gone.test');
  });

  it('ends with its order at Ctrl+C, and goes on with it', async () => {
    const hook = join(workspace.folder, 'hook.sh');
    const told = join(workspace.folder, 'told');
    // It runs in its own folder.
    await writeFile(hook, '#!/bin/sh\necho "$1 $CERTBOT_DOMAIN" >>told\n', { mode: 0o755 });
    const before = await readOwnFiles(workspace);
    const orders = await pebble.requestsFor('newOrder');
    const asked = until('the hook was run', () => readFile(told, 'utf8').catch(() => ''));
    const broken = await workspace.run(
      requestArguments(pebble, { challenge: 'dns-01', 'dns-hook': hook, 'http-port': undefined }),
      {},
      asked.then(() => undefined),
    );
    assert.notEqual(broken.code, 0);
    assert.match(broken.stderr, /the same request goes on with it/);
    assert.equal(await readFile(told, 'utf8'), 'auth chroma.test\ncleanup chroma.test\n');
    assert.deepEqual(await readOwnFiles(workspace), before, 'what was there stays');
    // The names, the profile and the authority are the same; the way to prove them may be another.
    await finish(requestArguments(pebble), orders);
  });

  it('says which root is missing, and takes the certificate once it is named', async () => {
    const before = await readOwnFiles(workspace);
    const ownRoot = join(workspace.folder, 'own-root.pem');
    await writeFile(ownRoot, pebble.ownRoot);
    const orders = await pebble.requestsFor('newOrder');
    const refused = await workspace.run(
      requestArguments(pebble, { 'directory-root': ownRoot, domain: 'root.test' }),
    );
    assert.equal(refused.code, 1, refused.stdout);
    assert.match(refused.stderr, /was issued and is kept.*--directory-root.*the order continues/s);
    assert.deepEqual(await readOwnFiles(workspace), before, 'what was there stays');
    await finish(requestArguments(pebble, { domain: 'root.test' }), orders, 'root.test');
  });

  describe('by a full disk', () => {
    let small: Workspace;
    const disks: SmallDisk[] = [];

    beforeEach(async () => {
      small = await Workspace.create(pebble.env);
    });
    afterEach(async () => {
      for (const disk of disks.splice(0)) await disk.unmount();
    });

    async function mount(context: Mocha.Context, folder: string): Promise<SmallDisk> {
      await mkdir(folder, { recursive: true });
      const disk = await SmallDisk.mount(context, folder);
      disks.push(disk);
      return disk;
    }

    it('has its certificate put in place once there is room', async function () {
      const disk = await mount(this, join(small.folder, 'certs'));
      assert.equal((await small.run(['generate'])).code, 0);
      await disk.fill();
      const before = await readOwnFiles(small);
      const orders = await pebble.requestsFor('newOrder');
      const refused = await small.run(requestArguments(pebble));
      assert.equal(refused.code, 1, refused.stdout);
      assert.match(refused.stderr, /into .*certs\. The disk is full\. Nothing was changed/);
      assert.deepEqual(await readOwnFiles(small), before, 'what was there stays');
      await disk.free();
      await finish(requestArguments(pebble), orders, 'chroma.test', small);
    });

    it('spends nothing where not even its order can be kept', async function () {
      assert.equal((await small.run(['generate'])).code, 0);
      const data = join(small.folder, 'data');
      const disk = await mount(this, data);
      await disk.fill();
      const before = await readOwnFiles(small);
      const seen = await pebble.requestsFor('newAccount');
      const env = { CHROMA_TLS_DATA_DIR: data };
      const refused = await small.run(requestArguments(pebble), env);
      assert.equal(refused.code, 1, refused.stdout);
      assert.match(refused.stderr, /The disk is full\. Free some/);
      assert.deepEqual(await readOwnFiles(small), before, 'what was there stays');
      assert.equal(await pebble.requestsFor('newAccount'), seen);
    });
  });

  /** Requests once more, which has to succeed with one order since there were so many. */
  async function finish(
    args: readonly string[],
    orders: number,
    name = 'chroma.test',
    where = workspace,
  ): Promise<void> {
    const { code, stderr } = await where.run(args);
    assert.equal(code, 0, stderr);
    assert.equal(await pebble.requestsFor('newOrder'), orders + 1, 'one order in all');
    const pem = await readFile(join(where.folder, 'certs', 'servercert.pem'), 'utf8');
    const certificate = new X509Certificate(pem);
    assert.match(certificate.issuer, /Pebble Intermediate/);
    assert.equal(certificate.checkHost(name), name);
  }
});
