import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { readRenewal, writeRenewal } from '../../../../src/certificates/public/renewal-record.ts';
import { createServer } from '../../../../src/chroma/server/create-server.ts';
import type { Server } from '../../../../src/chroma/server/server.ts';
import { fingerprintOf } from '../../../../src/chroma/status/reduce-snapshot.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import type { Disposable } from '../../../../src/system/events.ts';
import { openWorkspace } from '../../../../src/workspace/context.ts';
import { Renewals } from '../../../../src/vscode/session/renewals.ts';
import { until } from '../../../harness/until.ts';
import { Workspace } from '../../fixtures/cli.ts';
import { Pebble } from '../../fixtures/acme/pebble.ts';

describe('windows that have a folder open', () => {
  let pebble: Pebble;
  let workspace: Workspace;
  const opened: Disposable[] = [];
  const lines: string[] = [];

  before(async function () {
    pebble = await Pebble.start(this);
    Object.assign(process.env, pebble.env);
    workspace = await Workspace.create(pebble.env);
    process.env['CHROMA_TLS_DATA_DIR'] = workspace.env['CHROMA_TLS_DATA_DIR'];
    const requested = await workspace.run([
      ...['request', '--domain', 'window.chroma.test', '--directory', pebble.directory],
      ...['--directory-root', pebble.rootsFile, '--profile', 'default', '--agree-tos'],
      ...['--challenge', 'http-01', '--http-port', String(pebble.httpPort)],
    ]);
    assert.equal(requested.code, 0, requested.stderr);
  });
  afterEach(() => {
    for (const one of opened.splice(0)) one.dispose();
  });
  after(() => {
    pebble.close();
  });

  /** As the session of a window does. */
  function openWindow(): Server {
    const keyPassphrase = (): Promise<undefined> => Promise.resolve(undefined);
    const server = createServer({
      workspace: workspace.folder,
      distFolder: resolve('dist'),
      readSettings: () => DEFAULT_SETTINGS,
      log: (line) => lines.push(line),
      keyPassphrase,
    });
    const nothing = (): Promise<void> => Promise.resolve();
    const passphrases = { read: keyPassphrase, keep: nothing, forget: nothing };
    const renewals = new Renewals({
      server,
      open: () =>
        openWorkspace({
          workspace: workspace.folder,
          settings: DEFAULT_SETTINGS,
          passphrases,
          server,
        }),
      log: (line) => lines.push(line),
    });
    opened.push(renewals, server);
    server.watch();
    void server.refreshProject();
    return server;
  }

  it('renew it once, by themselves, when its authority asks for it', async () => {
    const orders = await pebble.requestsFor('finalize');
    const windows = [openWindow(), openWindow()];
    await until('the authority was asked', () =>
      windows.every(({ snapshot }) => snapshot.renewal?.record.information?.window !== undefined),
    );
    const before = fingerprintOf(windows[0]?.snapshot ?? assert.fail()) ?? '';
    assert.equal(await pebble.requestsFor('finalize'), orders, 'nothing is due');

    // As a terminal would note it: the authority wants it at once, as after a mistake of its own.
    const now = Date.now();
    const window = { start: now - 2000, end: now - 1000, chosen: now - 1500 };
    const record = await readRenewal(workspace.folder, before);
    await writeRenewal(workspace.folder, before, {
      ...record,
      information: { checkAt: now + 3_600_000, window },
    });
    await until('both windows see another certificate', () =>
      windows.every(({ snapshot }) => {
        const seen = fingerprintOf(snapshot);
        return seen !== undefined && seen !== before && snapshot.renewal?.record.last?.ok === true;
      }),
    );
    const pem = await readFile(join(workspace.folder, 'certs/servercert.pem'), 'utf8');
    assert.match(pem, /^-----BEGIN CERTIFICATE-----/);
    assert.equal((await pebble.log()).split('is a replacement of').length - 1, 1);
    const said = (): number =>
      lines.filter((line) => line === 'The certificate was renewed.').length;
    await until('one of them says so', said, (times) => times > 0);
    assert.equal(said(), 1);
  });
});
