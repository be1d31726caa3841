import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { writeSource } from '../../../../src/certificates/public/certificate-source.ts';
import { addFailure, writeRenewal } from '../../../../src/certificates/public/renewal-record.ts';
import { fingerprintOf } from '../../../../src/chroma/status/reduce-snapshot.ts';
import { certificateFiles } from '../../../../src/project/certificate-files.ts';
import { dataFolder, workspaceDataFolder } from '../../../../src/project/data-folder.ts';
import { holdDataLock } from '../../../../src/project/data-lock.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { generate, generateFirst } from '../../../../src/workspace/generate.ts';
import { renew } from '../../../../src/workspace/public/renew.ts';
import { skipBecause } from '../../../harness/skip-reasons.ts';
import { until } from '../../../harness/until.ts';
import { issue } from '../../certificates/pki-fixture.ts';
import { openContext } from '../open-context.ts';

describe('a renewal that a user asks for', () => {
  it('is not made once more where another window made it meanwhile', async () => {
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    const workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-renew-'));
    const other = await openContext(workspace, DEFAULT_SETTINGS);
    const { signal } = new AbortController();
    await generateFirst(other, signal);
    const before = fingerprintOf(other.server.snapshot);
    const context = await openContext(workspace, DEFAULT_SETTINGS);
    const lock = join(workspaceDataFolder(workspace), 'renewal.lock');
    const explain = (): never => assert.fail();
    let waiting: ReturnType<typeof renew> | undefined;
    await holdDataLock(lock, { doing: 'renewing', explain }, async () => {
      waiting = renew(context, { force: true, signal, report: () => undefined });
      await until(
        'it has seen the former',
        () => fingerprintOf(context.server.snapshot) === before,
      );
      await generate(other, { signal });
    });
    assert.equal((await waiting)?.kind, 'waits');
    const made = fingerprintOf(other.server.snapshot);
    assert.notEqual(made, before);
    assert.equal(fingerprintOf(context.server.snapshot), made);

    const again = await renew(context, { force: true, signal, report: () => undefined });
    assert.equal(again.kind, 'renewed', 'nobody else is at it');
  });
});

describe('a lineage that only we renew', () => {
  const path = process.env['PATH'];
  afterEach(() => {
    process.env['PATH'] = path;
  });

  it('has certbot asked again by itself only after a rest, however often a window is opened', async function () {
    if (process.platform === 'win32') skipBecause(this, 'Windows runs no script by its first line');
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    const workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-renew-'));
    const context = await openContext(workspace, DEFAULT_SETTINGS);
    const authority = await issue({ name: 'Own', ca: true });
    const leaf = await issue({ by: authority, from: -80, until: 10 });
    const files = certificateFiles(context.certificatesFolder);
    const live = join(dataFolder(), 'certbot/live/localhost');
    await mkdir(context.certificatesFolder);
    await mkdir(live, { recursive: true });
    await writeFile(files.ca, authority.pem);
    for (const file of [files.certificate, join(live, 'fullchain.pem')]) {
      await writeFile(file, leaf.pem + authority.pem);
    }
    for (const file of [files.key, join(live, 'privkey.pem')]) {
      await writeFile(file, leaf.keyPem, { mode: 0o600 });
    }
    const { fingerprint256 } = leaf.certificate;
    await writeSource(workspace, fingerprint256, { kind: 'certbot', lineage: 'localhost', live });

    const programs = await mkdtemp(join(tmpdir(), 'chroma-tls-programs-'));
    const called = join(programs, 'called');
    const script = `#!/bin/sh\n[ "$1" = --version ] && exec echo certbot 2.1.0\necho "$1" >> '${called}'\n`;
    await writeFile(join(programs, 'certbot'), script, { mode: 0o755 });
    process.env['PATH'] = [programs, path].join(delimiter);
    const calls = async (): Promise<string> => readFile(called, 'utf8').catch(() => '');
    const { signal } = new AbortController();
    const attempt = async (force: boolean): Promise<void> => {
      const { kind } = await renew(context, { force, signal, report: () => undefined });
      assert.equal(kind, 'unchanged');
    };

    const failure = { code: 'acme-connection', what: 'Nobody answered.' };
    await writeRenewal(workspace, fingerprint256, addFailure({}, Date.now(), failure));
    await attempt(false);
    assert.equal(await calls(), '');
    await attempt(true);
    assert.equal(await calls(), 'renew\n', 'a user wants it');
    await writeRenewal(workspace, fingerprint256, {});
    await attempt(false);
    await attempt(false);
    assert.equal(await calls(), 'renew\nrenew\n', 'one that found nothing newer counts too');
  });
});
