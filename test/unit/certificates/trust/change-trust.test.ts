import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { readCandidate } from '../../../../src/certificates/trust/candidate.ts';
import {
  giveTrust,
  removeTrust,
  type ChangeRequest,
  type ChangeResult,
} from '../../../../src/certificates/trust/change-trust.ts';
import { describeConsent } from '../../../../src/certificates/trust/consent.ts';
import {
  anchorStore,
  type AnchorSystem,
} from '../../../../src/certificates/trust/stores/linux-system.ts';
import { nssStore } from '../../../../src/certificates/trust/stores/nss.ts';
import { readTrust } from '../../../../src/certificates/trust/read-trust.ts';
import type { TrustStore } from '../../../../src/certificates/trust/stores/store.ts';
import { installImport } from '../../../../src/certificates/install-import.ts';
import { planImport } from '../../../../src/certificates/import/import-plan.ts';
import { listAuthorities } from '../../../../src/certificates/authorities/known-authorities.ts';
import { PublicRoots } from '../../../../src/certificates/inspect/system-roots.ts';
import {
  thumbprint,
  windowsStore,
} from '../../../../src/certificates/trust/stores/windows-root.ts';
import { skipBecause } from '../../../harness/skip-reasons.ts';
import { issue } from '../pki-fixture.ts';
import {
  hasOpenssl,
  makeWorkspace,
  renameWorkspace,
  type WorkspaceFixture,
} from '../workspace-fixture.ts';

/** A system's store as Linux has them, in a folder of its own that takes no root to change. */
async function makeStore(refresh?: AnchorSystem['refresh']): Promise<{
  readonly store: TrustStore;
  readonly anchors: string;
  readonly bundle: string;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-store-'));
  const anchors = join(folder, 'anchors');
  const bundle = join(folder, 'bundle.pem');
  await mkdir(anchors);
  await writeFile(bundle, '');
  const system: AnchorSystem = {
    name: 'Test',
    anchors,
    suffix: '.pem',
    bundle,
    refresh: refresh ?? {
      program: 'sh',
      args: ['-c', 'find "$1" -type f -exec cat {} + > "$2"', 'sh', anchors, bundle],
    },
    installNssTools: '',
  };
  return { store: { ...anchorStore(system), needsRoot: false }, anchors, bundle };
}

/** The commands of Windows' certutil that we use, over a folder in the place of the Root store. */
const CERTUTIL = `#!/bin/sh
root=$(dirname "$0")/root
case $2 in
  -store) ls "$root" ;;
  -addstore) cp "$4" "$root/$(openssl x509 -in "$4" -noout -fingerprint -sha1 |
    sed 's/.*=//; s/://g' | tr A-F a-f)" ;;
  -delstore) rm "$root/$4" ;;
esac
`;

/** The store of a Windows user, which takes no labels, with what it holds by thumbprint. */
async function makeWindowsStore(): Promise<{
  readonly store: TrustStore;
  readonly held: {
    /** @returns its thumbprint */
    readonly add: (file: string) => Promise<string>;
    readonly list: () => Promise<readonly string[]>;
    readonly clear: () => Promise<void>;
  };
}> {
  const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-windows-'));
  const root = join(folder, 'root');
  await mkdir(root);
  // One file's name here, whose backslashes part folders there.
  await writeFile(join(folder, 'Windows\\System32\\certutil.exe'), CERTUTIL, { mode: 0o755 });
  return {
    store: windowsStore(join(folder, 'Windows')),
    held: {
      add: async (file) => {
        const pem = await readFile(file, 'utf8');
        const name = thumbprint(new X509Certificate(pem));
        await writeFile(join(root, name), pem);
        return name;
      },
      list: () => readdir(root),
      clear: async () => {
        for (const name of await readdir(root)) await rm(join(root, name));
      },
    },
  };
}

/** Gives trust as somebody does who agreed to the change of every store. */
async function giveTo(
  { workspace, folder }: WorkspaceFixture,
  request: ChangeRequest,
): Promise<ChangeResult> {
  const agreedStores = (request.stores ?? []).map(({ id }) => id);
  return giveTrust(await readCandidate(workspace, folder), { ...request, agreedStores });
}

describe('trust is given and taken', () => {
  let fixture: WorkspaceFixture;

  beforeEach(async function () {
    if (process.platform !== 'linux') skipBecause(this, "needs Linux's install and rm");
    fixture = await makeWorkspace();
    await fixture.generate();
  });

  const request = (...stores: readonly TrustStore[]): ChangeRequest => ({
    workspace: fixture.workspace,
    folder: fixture.folder,
    hasTerminal: false,
    stores,
  });
  const give = async (...stores: readonly TrustStore[]): ReturnType<typeof giveTrust> =>
    giveTo(fixture, request(...stores));
  const stateOf = async (store: TrustStore): Promise<string> => {
    const [seen] = await readTrust(fixture.workspace, fixture.folder, [store]);
    assert.ok(seen);
    return `${seen.state}${seen.hasFormer ? ', former' : ''}`;
  };

  /** As on the first day after the data folder was lost. */
  const loseData = async (): Promise<void> => {
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
  };

  it('and the store says so, each time', async () => {
    const { store, anchors, bundle } = await makeStore();
    assert.equal(await stateOf(store), 'not-trusted');
    assert.deepEqual(await give(store), { changed: [store], failed: [] });
    assert.equal(await stateOf(store), 'trusted');
    assert.equal((await readdir(anchors)).length, 1);
    assert.deepEqual(await removeTrust(request(store)), { changed: [store], failed: [] });
    assert.equal(await stateOf(store), 'not-trusted');
    assert.deepEqual(await readdir(anchors), []);
    assert.equal(await readFile(bundle, 'utf8'), '');
  });

  it('and a store that has it already is left alone', async () => {
    const { store } = await makeStore();
    await give(store);
    assert.deepEqual((await give(store)).changed, []);
    await removeTrust(request(store));
    assert.deepEqual((await removeTrust(request(store))).changed, []);
  });

  it('and a new authority takes the place of the former one', async () => {
    const { store, anchors } = await makeStore();
    await give(store);
    const before = await readdir(anchors);
    await fixture.generate({ domain: 'chroma.test' });
    assert.equal(await stateOf(store), 'not-trusted, former');
    await give(store);
    assert.equal(await stateOf(store), 'trusted');
    const after = await readdir(anchors);
    assert.equal(after.length, 1);
    assert.notDeepEqual(after, before);
    const known = await listAuthorities(fixture.workspace, 'made');
    assert.equal(known.length, 1, 'what is in no store any more is forgotten');
  });

  it('and a former one is found when the certificates folder is gone', async () => {
    const { store, anchors } = await makeStore();
    await give(store);
    await rm(fixture.folder, { recursive: true });
    assert.equal(await stateOf(store), 'not-trusted, former');
    await removeTrust(request(store));
    assert.deepEqual(await readdir(anchors), []);
  });

  for (const [how, leave] of [
    [
      'a self-signed certificate was made',
      async (): Promise<unknown> => fixture.generate({ kind: 'self-signed' }),
    ],
    [
      'the folder was removed',
      async (): Promise<unknown> => rm(fixture.folder, { recursive: true }),
    ],
  ] as const) {
    it(`and an authority that is kept is still ours when ${how} before trust was taken`, async () => {
      const { store } = await makeStore();
      await give(store);
      const ca = await readFile(fixture.files.ca, 'utf8');
      await leave();
      assert.deepEqual((await removeTrust(request(store))).changed, [store]);
      // Out of the backup, before another certificate is made.
      await mkdir(fixture.folder, { recursive: true });
      await writeFile(fixture.files.ca, ca);
      assert.equal((await readCandidate(fixture.workspace, fixture.folder)).isOurs, true);
      assert.equal((await fixture.generate({ replaceBroken: true })).authority, 'reused');
      assert.equal((await readCandidate(fixture.workspace, fixture.folder)).isOurs, true);
    });
  }

  it('and an authority that was forgotten is ours again once it signs', async () => {
    for (const { file } of await listAuthorities(fixture.workspace, 'made')) await rm(file);
    assert.equal((await fixture.generate()).authority, 'reused');
    assert.equal((await readCandidate(fixture.workspace, fixture.folder)).isOurs, true);
  });

  it('and a copy is found by its certificate, whatever somebody called it', async () => {
    const { store, anchors } = await makeStore();
    const pem = await readFile(fixture.files.ca, 'utf8');
    await mkdir(join(anchors, 'team'));
    await writeFile(join(anchors, 'team', 'by-hand.pem'), pem);
    await symlink(fixture.files.ca, join(anchors, 'link.pem'));
    await removeTrust(request(store));
    assert.deepEqual(await readdir(anchors, { recursive: true }), ['team']);
    assert.equal(await readFile(fixture.files.ca, 'utf8'), pem);
  });

  it('and a leftover is found by its label when nothing else is known of it', async () => {
    const { store, anchors } = await makeStore();
    await give(store);
    await loseData();
    await fixture.generate({ replaceForeign: true });
    assert.equal(await stateOf(store), 'not-trusted, former');
    await removeTrust(request(store));
    assert.deepEqual(await readdir(anchors), []);
  });

  it('and is found after the folder was renamed, by the certificate and a label of ours', async () => {
    const { store, anchors } = await makeStore();
    await give(store);
    fixture = await renameWorkspace(fixture);
    await loseData();
    assert.equal(await stateOf(store), 'trusted');
    assert.deepEqual((await removeTrust(request(store))).changed, [store]);
    assert.deepEqual(await readdir(anchors), []);
  });

  it('and is found after the folder was renamed and another certificate made', async () => {
    const { store, anchors } = await makeStore();
    await give(store);
    fixture = await renameWorkspace(fixture);
    await loseData();
    await fixture.generate({ replaceForeign: true });
    assert.equal(await stateOf(store), 'not-trusted, former');
    await removeTrust(request(store));
    assert.deepEqual(await readdir(anchors), []);
  });

  for (const [what, lose] of [
    ['renamed', (): Promise<void> => Promise.resolve()],
    ['renamed, its data lost', loseData],
  ] as const) {
    it(`and is found after the folder was ${what} and another certificate imported`, async () => {
      const { store, anchors } = await makeStore();
      await give(store);
      fixture = await renameWorkspace(fixture);
      await lose();
      const theirs = await issue();
      const plan = await planImport(
        { certificates: [theirs.certificate], keys: [{ key: theirs.key }] },
        { domain: 'localhost', ownKey: undefined, roots: new PublicRoots([]) },
      );
      const { workspace, folder } = fixture;
      await installImport({ workspace, folder, plan, passphrase: undefined });
      assert.equal(await stateOf(store), 'not-trusted, former');
      assert.deepEqual((await removeTrust(request(store))).changed, [store]);
      assert.deepEqual(await readdir(anchors), []);
    });
  }

  it("and nobody else's certificate is touched", async () => {
    const { store, anchors } = await makeStore();
    const theirs = await readFile(fixture.files.ca, 'utf8');
    await writeFile(join(anchors, 'theirs.pem'), theirs);
    const mine = await makeWorkspace();
    await mine.generate();
    const foreign = { ...request(store), workspace: mine.workspace, folder: mine.folder };
    await giveTo(mine, foreign);
    await removeTrust(foreign);
    assert.deepEqual(await readdir(anchors), ['theirs.pem']);
  });

  it("and somebody else's authority is only removed from where it was put for this workspace", async () => {
    // As a public authority is: every store has it before anybody asks.
    const [world, browser] = [await makeStore(), await makeStore()];
    const theirs = await makeWorkspace();
    await theirs.generate();
    const pem = await readFile(theirs.files.ca, 'utf8');
    await writeFile(join(world.anchors, 'public.pem'), pem);
    await writeFile(world.bundle, pem);
    const mine = await makeWorkspace();
    await mine.generate();
    await writeFile(mine.files.ca, pem);
    const foreign = {
      ...request(world.store, browser.store),
      workspace: mine.workspace,
      folder: mine.folder,
    };
    const candidate = await readCandidate(mine.workspace, mine.folder);
    assert.equal(candidate.isOurs, false);
    assert.deepEqual((await giveTo(mine, foreign)).changed, [browser.store]);
    const states = async (): Promise<readonly string[]> =>
      (await readTrust(mine.workspace, mine.folder, foreign.stores)).map(({ state }) => state);
    assert.deepEqual(await states(), ['trusted', 'trusted']);
    assert.deepEqual((await removeTrust(foreign)).changed, [browser.store]);
    assert.deepEqual(await readdir(world.anchors), ['public.pem']);
    assert.deepEqual(await states(), ['trusted', 'not-trusted']);
  });

  it("and somebody else's authority stays where it was before us and no label can tell", async function () {
    if (!hasOpenssl()) skipBecause(this, 'needs the openssl program');
    const { store, held } = await makeWindowsStore();
    const theirs = await readFile(fixture.files.ca, 'utf8');
    const mine = await makeWorkspace();
    await mine.generate();
    await writeFile(mine.files.ca, theirs);
    const foreign = { ...request(store), workspace: mine.workspace, folder: mine.folder };
    const giveForeign = async (): Promise<readonly TrustStore[]> =>
      (await giveTo(mine, foreign)).changed;

    const before = [await held.add(mine.files.ca)];
    assert.deepEqual(await giveForeign(), [], 'it is there already');
    assert.deepEqual((await removeTrust(foreign)).changed, []);
    assert.deepEqual(await held.list(), before);

    await held.clear();
    assert.deepEqual(await giveForeign(), [store]);
    assert.deepEqual(await held.list(), before);
    assert.deepEqual((await removeTrust(foreign)).changed, [store]);
    assert.deepEqual(await held.list(), [], 'what was put there for us goes');

    await held.add(mine.files.ca);
    assert.deepEqual((await removeTrust(foreign)).changed, []);
    assert.deepEqual(await held.list(), before, 'and what comes later is not ours again');
  });

  it('and a store that was left out of the question is left as it is, whatever it says now', async () => {
    const agreed = await makeStore();
    const leftOut = await makeStore();
    const slow: TrustStore = { ...leftOut.store, id: 'java:/cacerts', name: 'Java' };
    const candidate = await readCandidate(fixture.workspace, fixture.folder);
    const { agreedStores } = describeConsent(
      candidate,
      // As it was read when the user was asked: one store did not answer.
      await readTrust(fixture.workspace, fixture.folder, [
        agreed.store,
        { ...slow, read: () => Promise.reject(new Error('It took too long.')) },
      ]),
    );
    const { changed, failed } = await giveTrust(candidate, {
      ...request(agreed.store, slow),
      agreedStores,
    });
    assert.deepEqual(changed, [agreed.store]);
    assert.deepEqual(
      failed.map(({ store, problem }) => [store, problem.code]),
      [[slow, 'store-not-agreed']],
    );
    assert.deepEqual(await readdir(leftOut.anchors), []);
  });

  it('and what only lies in the folder of anchors is not trusted', async () => {
    const { store, bundle } = await makeStore();
    await give(store);
    await writeFile(bundle, '');
    assert.equal(await stateOf(store), 'not-trusted');
    await give(store);
    assert.equal(await stateOf(store), 'trusted');
  });

  it('and a store that did not take it is a failure, whatever its program says', async () => {
    const idle = await makeStore({ program: 'true', args: [] });
    const loud = await makeStore({ program: 'sh', args: ['-c', 'echo no space >&2; exit 28'] });
    const well = await makeStore();
    const { changed, failed } = await give(idle.store, loud.store, well.store);
    assert.deepEqual(changed, [well.store], 'one that fails keeps no other from it');
    assert.deepEqual(
      failed.map(({ store, problem }) => [store, problem.code, problem.why]),
      [
        [idle.store, 'store-not-changed', undefined],
        [loud.store, 'store-not-changed', 'Its program says: no space'],
      ],
    );
    assert.equal(await stateOf(idle.store), 'not-trusted');
  });

  it('and where a browser has no database and NSS no program, it is said how to get it', async () => {
    const home = await mkdtemp(join(tmpdir(), 'chroma-tls-home-'));
    const database = { browser: 'Chromium', folder: join(home, 'nssdb'), exists: false } as const;
    const store: TrustStore = {
      ...nssStore(database, 'sudo apt install libnss3-tools'),
      change: () => [{ program: 'no-such-program', args: [] }],
    };
    assert.equal(await stateOf(store), 'not-trusted', 'what is not there holds nothing');
    assert.deepEqual((await removeTrust(request(store))).failed, []);
    const [failure] = (await give(store)).failed;
    assert.equal(failure?.problem.code, 'nss-tools-missing');
    assert.deepEqual(failure.problem.action, {
      terminal: 'sudo apt install libnss3-tools',
      label: 'Install in Terminal',
    });
  });

  it('and a program that is not there is a failure that names it', async () => {
    const { store } = await makeStore({ program: 'no-such-program', args: [] });
    const [failure] = (await give(store)).failed;
    assert.match(JSON.stringify(failure?.problem), /no-such-program was not found/);
  });
});
