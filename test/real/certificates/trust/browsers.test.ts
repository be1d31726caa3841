import assert from 'node:assert/strict';
import { execFile, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { chromium } from 'playwright-core';
import { findBrowserDatabases } from '../../../../src/certificates/trust/stores/browsers.ts';
import { nssStore } from '../../../../src/certificates/trust/stores/nss.ts';
import { chromiumArguments, deafToSignals } from '../../../../scripts/suites/extension-host.mjs';
import { until } from '../../../harness/until.ts';
import { requirePart } from '../../../parts.ts';
import { program, type Workspace } from '../../fixtures/cli.ts';
import { PairServer } from './pair-server.ts';
import { NamedStores, openTrustingWorkspace } from './trusting-workspace.ts';

async function storesOf(workspace: Workspace, home: string): Promise<NamedStores> {
  const databases = await findBrowserDatabases(home, workspace.env);
  const stores = databases.map((database) => nssStore(database, undefined));
  return new NamedStores(workspace, stores);
}

describe("trust in Chromium's own store", () => {
  let executablePath = '';
  let workspace: Workspace;
  let home = '';

  before(async function () {
    ({ path: executablePath } = requirePart(this, 'chromium'));
    requirePart(this, 'nss tools');
    const { command } = requirePart(this, 'chroma 1.5.9');
    const PATH = [dirname(command), process.env['PATH']].join(delimiter);
    ({ workspace, home } = await openTrustingWorkspace({ PATH }));
    const started = await workspace.start('--runtime', 'local');
    assert.equal(started.code, 0, started.stderr);
  });
  after(async () => {
    await workspace.run(['stop']);
  });

  const WARNING = { title: 'net::ERR_CERT_AUTHORITY_INVALID' };

  /** What a user's Chromium makes of Chroma's documentation: its title, or the warning. */
  async function openDocs(personHome: string): Promise<{ title: string; issuer?: string }> {
    // A fresh profile: nothing of an earlier visit may come out of its cache. The database of
    // certificates is the user's, not the profile's.
    const profile = await mkdtemp(join(personHome, 'profile-'));
    const context = await chromium.launchPersistentContext(profile, {
      ...deafToSignals,
      executablePath,
      args: [...chromiumArguments],
      env: { ...workspace.env, HOME: personHome },
    });
    try {
      const page = await context.newPage();
      const response = await page.goto(`${workspace.url}/docs`).catch(() => null);
      if (response === null) {
        const warning = page.locator('#error-code');
        return { title: (await warning.textContent()) ?? '' };
      }
      const issuer = (await response.securityDetails())?.issuer;
      return { title: await page.title(), ...(issuer === undefined ? {} : { issuer }) };
    } finally {
      await context.close();
    }
  }

  async function nicknames(folder: string): Promise<readonly string[]> {
    const { stdout } = await program('certutil', ['-L', '-d', `sql:${folder}`]);
    return stdout.match(/chroma-tls-\S+/g) ?? [];
  }

  it('opens /docs without a warning while it is given, and with one before and after', async () => {
    // Before its first start it has no database: one is made where it will look.
    const stores = await storesOf(workspace, home);
    assert.deepEqual(await stores.states(), ['not-trusted']);
    const { changed, failed } = await stores.give();
    assert.deepEqual(failed, []);
    assert.deepEqual(
      changed.map(({ location }) => location),
      [join(home, '.pki', 'nssdb')],
    );
    assert.deepEqual(await stores.states(), ['trusted']);
    const { title, issuer } = await openDocs(home);
    assert.match(title, /Swagger UI/);
    assert.match(issuer ?? '', /^Chroma TLS CA for /);

    assert.deepEqual((await stores.remove()).failed, []);
    assert.deepEqual(await stores.states(), ['not-trusted']);
    assert.deepEqual(await nicknames(join(home, '.pki', 'nssdb')), []);
    assert.deepEqual(await openDocs(home), WARNING);
  });

  it('goes into the database that Chromium made itself, and makes none beside it', async () => {
    const personHome = join(dirname(home), 'home-of-a-user');
    await mkdir(personHome);
    assert.deepEqual(await openDocs(personHome), WARNING);
    const stores = await storesOf(workspace, personHome);
    const made = await findBrowserDatabases(personHome, workspace.env);
    assert.deepEqual(
      made.map(({ exists }) => exists),
      [true],
    );
    await stores.give();
    assert.match((await openDocs(personHome)).title, /Swagger UI/);
    await stores.remove();
    assert.deepEqual(await openDocs(personHome), WARNING);
  });

  it('follows a new authority, of the same subject as the former one', async () => {
    const stores = await storesOf(workspace, home);
    await stores.give();
    const [former] = await nicknames(join(home, '.pki', 'nssdb'));
    const generated = await workspace.run(['generate', '--key-type', 'rsa-2048']);
    assert.equal(generated.code, 0, generated.stderr);
    assert.deepEqual(await stores.states(), ['not-trusted, former']);
    assert.deepEqual(await openDocs(home), WARNING);
    await stores.give();
    const present = await nicknames(join(home, '.pki', 'nssdb'));
    assert.equal(present.length, 1);
    assert.notEqual(present[0], former);
    assert.match((await openDocs(home)).title, /Swagger UI/);
    await stores.remove();
  });
});

describe("trust in Firefox's own store", () => {
  let firefox = '';
  let workspace: Workspace;
  let profile = '';
  let server: PairServer;

  before(async function () {
    firefox = requirePart(this, 'firefox').command;
    requirePart(this, 'nss tools');
    const opened = await openTrustingWorkspace();
    ({ workspace } = opened);
    profile = join(opened.home, '.mozilla', 'firefox', 'test.default');
    await mkdir(profile, { recursive: true });
    await program('certutil', ['-N', '--empty-password', '-d', `sql:${profile}`]);
    await workspace.run(['generate']);
    server = await PairServer.listen(workspace);
  });
  after(() => {
    server.close();
  });

  /** Has a Firefox open a page; a page with a warning never ends loading, so it is not waited for. */
  async function visit(path: string): Promise<string> {
    const { seen } = server;
    seen.length = 0;
    const browser: ChildProcess = execFile(
      firefox,
      [
        ...['--headless', '--no-remote', '--profile', profile],
        ...['--screenshot', join(profile, 'page.png'), workspace.url + path],
      ],
      { env: { ...workspace.env, MOZ_HEADLESS: '1' } },
    );
    try {
      return await until('Firefox comes', () => seen[0] ?? '');
    } finally {
      const gone = new Promise((resolve) => browser.once('exit', resolve));
      browser.kill();
      await gone;
    }
  }

  it('opens a page while it is given, and breaks off before and after', async () => {
    const stores = await storesOf(workspace, dirname(dirname(dirname(profile))));
    assert.ok((await readdir(profile)).includes('cert9.db'));
    assert.equal(await visit('/before'), 'unknown authority');
    assert.deepEqual((await stores.give()).failed, []);
    assert.equal(await visit('/given'), '/given');
    assert.deepEqual((await stores.remove()).failed, []);
    assert.equal(await visit('/after'), 'unknown authority');
  });
});
