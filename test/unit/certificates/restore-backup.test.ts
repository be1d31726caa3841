import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { KEPT_BACKUPS, listBackups } from '../../../src/certificates/folder/backups.ts';
import { renderCookbookConfig } from '../../../src/certificates/issuers/openssl-config.ts';
import { installImport } from '../../../src/certificates/install-import.ts';
import { planImport } from '../../../src/certificates/import/import-plan.ts';
import { inspectCertificate } from '../../../src/certificates/inspect/inspect.ts';
import { rewriteKey } from '../../../src/certificates/rewrite-key.ts';
import { PublicRoots } from '../../../src/certificates/inspect/system-roots.ts';
import {
  restoreBackup,
  type RestoreRequest,
  type RestoreResult,
} from '../../../src/certificates/restore-backup.ts';
import { parseServerName } from '../../../src/project/domain.ts';
import { issue, issueChain, type Party } from './pki-fixture.ts';
import { makeWorkspace, type WorkspaceFixture } from './workspace-fixture.ts';

const PASSPHRASE = 'a passphrase';

describe('restoring a backup', () => {
  let fixture: WorkspaceFixture;
  beforeEach(async () => {
    fixture = await makeWorkspace();
  });

  const restore = (how: Partial<RestoreRequest> = {}): Promise<RestoreResult> =>
    restoreBackup({
      workspace: fixture.workspace,
      folder: fixture.folder,
      backup: undefined,
      known: () => Promise.resolve(undefined),
      ask: () => Promise.reject(new Error('nobody was to be asked')),
      ...how,
    });

  /** Puts a chain from elsewhere in place. */
  async function bring(passphrase?: string): Promise<Party> {
    const { root, middle, leaf } = await issueChain();
    const plan = await planImport(
      {
        certificates: [leaf, middle, root].map(({ certificate }) => certificate),
        keys: [{ key: leaf.key }],
      },
      { domain: 'localhost', ownKey: undefined, roots: new PublicRoots([]) },
    );
    const { workspace, folder } = fixture;
    await installImport({ workspace, folder, plan, passphrase });
    return leaf;
  }

  /** The files of a folder that make a pair, byte by byte. */
  async function readPair(folder = fixture.folder): Promise<readonly (string | undefined)[]> {
    return Promise.all(
      ['servercert.pem', 'serverkey.pem', 'ca.pem', 'servercert-names.pem'].map((name) =>
        readFile(join(folder, name), 'latin1').catch(() => undefined),
      ),
    );
  }

  it('is what an import can be brought back by, and Generate asks before it replaces one', async () => {
    const leaf = await bring();
    const imported = await readPair();
    await assert.rejects(fixture.generate(), {
      code: 'not-made-here',
      message: /"Leaf" was signed by "Middle"\..*a backup is kept/,
    });
    assert.deepEqual(await readPair(), imported);
    await fixture.generate({ replaceForeign: true });
    await fixture.generate();
    const made = await readPair();

    const [, oldest] = await listBackups(fixture.folder);
    const { facts, backup = '' } = await restore({ backup: oldest?.name });
    assert.equal(facts.fingerprint256, leaf.certificate.fingerprint256);
    assert.deepEqual(await readPair(), imported);
    assert.deepEqual(await readPair(backup), made);
    if (process.platform !== 'win32') {
      assert.equal((await stat(fixture.files.key)).mode & 0o777, 0o600);
    }
    const names = (await listBackups(fixture.folder)).map(({ name }) => name);
    assert.deepEqual(
      [names[0], names.length],
      [basename(backup), 2],
      'what is in place needs none',
    );
    await restore();
    assert.deepEqual(await readPair(), made, 'there and back again');
  });

  it('says of each when it was made, and whose certificate is in it', async () => {
    await bring();
    const at = new Date('2026-11-24T10:20:30Z');
    for (let round = 0; round < 11; round += 1) {
      await fixture.generate({ now: at, replaceForeign: true });
    }
    await fixture.generate({ now: new Date('2026-11-25T00:00:00Z') });
    const backups = await listBackups(fixture.folder);
    assert.deepEqual(
      backups.map(({ name }) => name),
      [
        '25T00-00-00Z',
        '24T10-20-30Z-11',
        '24T10-20-30Z-10',
        '24T10-20-30Z-9',
        '24T10-20-30Z-8',
        '24T10-20-30Z',
      ].map((end) => `backup-2026-11-${end}`),
    );
    assert.deepEqual(backups.at(-1)?.date, at);
    assert.ok(backups.every(({ state }) => state.kind === 'present'));
  });

  it('keeps the last five, and whatever a user put into one', async () => {
    const { folder } = fixture;
    const now = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
    await fixture.generate();
    for (let second = 0; second < 3; second += 1) await fixture.generate({ now: now(second) });
    const theirs = 'backup-2026-01-01T00-00-01Z';
    await writeFile(join(folder, theirs, 'why.txt'), 'mine');
    await mkdir(join(folder, 'backup-photos'));
    for (let second = 3; second < 9; second += 1) await fixture.generate({ now: now(second) });
    // A clock that was put back makes nothing older.
    const { backup = '' } = await fixture.generate({ now: new Date(Date.UTC(2025, 0, 1)) });
    assert.deepEqual((await readdir(backup)).length, 4);
    await rm(backup, { recursive: true });
    const left = (await readdir(folder)).filter((name) => name.startsWith('backup-')).sort();
    assert.equal(KEPT_BACKUPS, 5);
    assert.deepEqual(left, [
      theirs,
      ...[5, 6, 7, 8].map((second) => `backup-2026-01-01T00-00-0${second}Z`),
      'backup-photos',
    ]);
  });

  it('takes none away but the one that is in place again', async () => {
    const { folder } = fixture;
    const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
    for (let second = 0; second <= KEPT_BACKUPS; second += 1) {
      await fixture.generate({ now: at(second) });
    }
    const before = (await listBackups(folder)).map(({ name }) => name);
    assert.equal(before.length, KEPT_BACKUPS);
    const [newest, ...others] = before;
    const { backup = '' } = await restore({ backup: newest, now: at(30) });
    const after = (await listBackups(folder)).map(({ name }) => name);
    assert.deepEqual(after, [basename(backup), ...others]);
  });

  it('has what came from elsewhere, however often it was renewed since', async () => {
    const leaf = await bring();
    const imported = await readPair();
    for (let round = 0; round <= KEPT_BACKUPS + 1; round += 1) {
      await fixture.generate({
        now: new Date(Date.UTC(2026, 0, 1, 0, 0, round)),
        replaceForeign: true,
      });
    }
    const backups = await listBackups(fixture.folder);
    assert.equal(backups.length, KEPT_BACKUPS + 1);
    const { facts } = await restore({ backup: backups.at(-1)?.name });
    assert.equal(facts.fingerprint256, leaf.certificate.fingerprint256);
    assert.deepEqual(await readPair(), imported);
    for (let round = 0; round <= KEPT_BACKUPS + 1; round += 1) await bring();
    const foreign = (await listBackups(fixture.folder)).filter(
      ({ state }) => state.kind === 'present' && state.facts.issuerName === 'Middle',
    );
    assert.equal(foreign.length, KEPT_BACKUPS, 'each holds a private key');
  });

  it('brings openssl.cnf back where it is in it, and keeps the one that is there', async () => {
    const { workspace, folder } = fixture;
    const config = join(workspace, 'openssl.cnf');
    const former = renderCookbookConfig(parseServerName('former.test'));
    await fixture.generate();
    await writeFile(config, former);
    // The built-in engine needs none, so ours goes into the backup.
    const { backup = '' } = await fixture.generate();
    await assert.rejects(stat(config));
    await restore();
    assert.equal(await readFile(config, 'utf8'), former);

    await fixture.generate();
    await writeFile(config, 'my own');
    const [withConfig] = await listBackups(folder);
    assert.notEqual(withConfig?.name, backup);
    const restored = await restore({ backup: withConfig?.name });
    assert.equal(await readFile(config, 'utf8'), former);
    assert.equal(await readFile(join(restored.backup ?? '', 'openssl.cnf'), 'utf8'), 'my own');
  });

  it('asks what opens its key, where what is known does not', async () => {
    const { workspace, folder } = fixture;
    await bring(PASSPHRASE);
    const imported = await readPair();
    const keyPassphrase = (): Promise<string> => Promise.resolve(PASSPHRASE);
    await fixture.generate({ replaceForeign: true, keyPassphrase });
    await rewriteKey({ workspace, folder, present: PASSPHRASE, next: undefined });
    const questions: string[] = [];
    const answers = ['a wrong one', PASSPHRASE];
    const { passphrase } = await restore({
      known: () => Promise.resolve('another'),
      ask: ({ file, again }) => {
        questions.push(`${file} ${again}`);
        return Promise.resolve(answers.shift() ?? '');
      },
    });
    assert.equal(passphrase, PASSPHRASE);
    assert.deepEqual(
      questions.map((question) => question.replace(/^backup-.*Z\//, '')),
      ['serverkey.pem false', 'serverkey.pem true'],
    );
    assert.deepEqual(await readPair(), imported, 'closed as it was');
    assert.equal((await restore()).passphrase, undefined, 'the one before had none');
    await restore({ known: keyPassphrase });
    assert.deepEqual(await readPair(), imported);
  });

  it('refuses what is not whole, and changes nothing', async () => {
    const { folder } = fixture;
    await fixture.generate();
    const { backup: first = '' } = await fixture.generate();
    const { backup: second = '' } = await fixture.generate();
    const { backup: third = '' } = await fixture.generate();
    await writeFile(join(first, 'serverkey.pem'), (await issue()).keyPem);
    await rm(join(second, 'serverkey.pem'));
    await writeFile(join(third, 'servercert.pem'), 'rubbish');
    const before = await readPair();
    for (const [backup, why] of [
      [first, /serverkey\.pem does not belong to servercert\.pem/],
      [second, /serverkey\.pem is missing/],
      [third, /servercert\.pem is not a certificate/],
    ] as const) {
      await assert.rejects(restore({ backup: basename(backup) }), {
        code: 'backup-not-whole',
        message: why,
      });
    }
    await assert.rejects(restore(), { code: 'backup-not-whole' });
    await assert.rejects(restore({ backup: '../certs' }), { code: 'backup-missing' });
    assert.deepEqual(await readPair(), before);
    assert.equal((await listBackups(folder)).length, 3);
    await (await makeWorkspace()).generate();
  });

  it('replaces what is broken or gone, and leaves no ca.pem where there was none', async () => {
    const { folder, files } = fixture;
    const self = await issue();
    await mkdir(folder);
    await writeFile(files.certificate, self.pem);
    await writeFile(files.key, self.keyPem, { mode: 0o600 });
    await fixture.generate({ replaceForeign: true });
    await rm(files.certificate);
    const { backup = '' } = await restore();
    assert.deepEqual(await readPair(), [self.pem, self.keyPem, undefined, undefined]);
    assert.deepEqual((await readdir(backup)).sort(), [
      'ca.pem',
      'servercert-names.pem',
      'serverkey.pem',
    ]);
    const state = await inspectCertificate(folder, 'localhost');
    assert.ok(state.kind === 'present');
    assert.deepEqual(state.facts.problems, []);
    await assert.rejects(restore({ backup: basename(backup) }), { code: 'backup-not-whole' });
  });
});
