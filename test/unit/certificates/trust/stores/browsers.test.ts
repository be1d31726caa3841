import assert from 'node:assert/strict';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'mocha';
import { findBrowserDatabases } from '../../../../../src/certificates/trust/stores/browsers.ts';

describe("browsers' certificate databases", () => {
  /** The places found in a home with these files, below that home; `+` marks one to be made. */
  async function findIn(
    files: readonly string[],
    environment: (home: string) => NodeJS.ProcessEnv = () => ({ PATH: '/nowhere' }),
  ): Promise<readonly string[]> {
    const home = await mkdtemp(join(tmpdir(), 'chroma-tls-home-'));
    for (const file of files) {
      await mkdir(dirname(join(home, file)), { recursive: true });
      await writeFile(join(home, file), '', { mode: 0o755 });
    }
    const found = await findBrowserDatabases(home, environment(home));
    return found
      .filter(({ browser, exists }) => exists || browser === 'Chromium')
      .map(
        ({ browser, folder, exists }) =>
          `${browser} ${exists ? '' : '+'}${folder.slice(home.length + 1)}`,
      );
  }
  const withProgram = (home: string): NodeJS.ProcessEnv => ({ PATH: join(home, 'programs') });

  it("are Firefox's profiles, wherever a package keeps them", async () => {
    const found = await findIn([
      '.mozilla/firefox/ab12.default/cert9.db',
      '.mozilla/firefox/cd34.no-database/prefs.js',
      '.mozilla/firefox/profiles.ini',
      '.config/mozilla/firefox/ef56.default/cert9.db',
      'snap/firefox/common/.mozilla/firefox/gh78.default/cert9.db',
      '.var/app/org.mozilla.firefox/.mozilla/firefox/ij90.default/cert9.db',
      '.librewolf/kl12.default/cert9.db',
    ]);
    const firefox = found.filter((one) => one.startsWith('Firefox'));
    assert.deepEqual(firefox, [
      'Firefox .mozilla/firefox/ab12.default',
      'Firefox .config/mozilla/firefox/ef56.default',
      'Firefox snap/firefox/common/.mozilla/firefox/gh78.default',
      'Firefox .var/app/org.mozilla.firefox/.mozilla/firefox/ij90.default',
      'Firefox .librewolf/kl12.default',
    ]);
  });

  it('are made for a Chromium that has none', async () => {
    assert.deepEqual(await findIn(['programs/brave-browser'], withProgram), [
      'Chromium +.pki/nssdb',
    ]);
    const sandboxed = await findIn(['.var/app/com.google.Chrome/config/x']);
    assert.ok(sandboxed.includes('Chromium +.var/app/com.google.Chrome/.pki/nssdb'));
  });

  it('are never made beside one that Chromium uses, for it would use that no more', async () => {
    const today = '.local/share/pki/nssdb';
    assert.deepEqual(await findIn(['programs/chromium', `${today}/cert9.db`], withProgram), [
      `Chromium ${today}`,
    ]);
    const elsewhere = await findIn(['programs/chromium', 'data/pki/nssdb/cert9.db'], (home) => ({
      ...withProgram(home),
      XDG_DATA_HOME: join(home, 'data'),
    }));
    assert.deepEqual(elsewhere, ['Chromium data/pki/nssdb']);
  });

  it('are both of a Chromium that has two', async () => {
    const both = ['.pki/nssdb/cert9.db', '.local/share/pki/nssdb/cert9.db'];
    assert.deepEqual(await findIn(both), [
      'Chromium .pki/nssdb',
      'Chromium .local/share/pki/nssdb',
    ]);
  });
});
