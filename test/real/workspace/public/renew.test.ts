import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'mocha';
import {
  readRenewal,
  writeRenewal,
  type RenewalRecord,
} from '../../../../src/certificates/public/renewal-record.ts';
import { Workspace, type CliOutcome } from '../../fixtures/cli.ts';
import { Pebble } from '../../fixtures/acme/pebble.ts';

const NAME = 'renewed.chroma.test';

describe('renewing a certificate of an ACME authority', () => {
  let pebble: Pebble;
  let workspace: Workspace;

  before(async function () {
    pebble = await Pebble.start(this);
  });
  after(() => {
    pebble.close();
  });

  beforeEach(async () => {
    workspace = await Workspace.create(pebble.env);
    const requested = await workspace.run([
      ...['request', '--domain', NAME, '--directory', pebble.directory],
      ...['--directory-root', pebble.rootsFile, '--profile', 'default', '--agree-tos'],
      ...[
        '--challenge',
        'http-01',
        '--http-port',
        String(pebble.httpPort),
        '--key-type',
        'rsa-2048',
      ],
    ]);
    assert.equal(requested.code, 0, requested.stderr);
  });

  function renew(...more: readonly string[]): Promise<CliOutcome> {
    return workspace.run(['renew', ...more]);
  }

  function served(): Promise<string> {
    return readFile(join(workspace.folder, 'certs/servercert.pem'), 'utf8');
  }

  /** Has the authority name a window that ends so many hours from now. */
  async function suggest(hours: number): Promise<void> {
    const [start, end] = [hours - 1, hours].map((one) =>
      new Date(Date.now() + one * 3_600_000).toISOString(),
    );
    const answer = JSON.stringify({
      suggestedWindow: { start, end },
      explanationURL: 'https://example.test/why',
    });
    await pebble.setRenewalInformation(await served(), answer);
  }

  it('waits for the moment that the authority has named', async () => {
    const orders = await pebble.requestsFor('newOrder');
    const outcome = await renew();
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.match(outcome.stdout, /^Nothing is to be renewed yet.*\bDue on .* its authority/s);
    const { source, renewal } = (await workspace.status()).certificate;
    assert.deepEqual(source, { kind: 'acme', name: `ACME (${new URL(pebble.directory).host})` });
    assert.equal(renewal?.why, 'ari');
    const left = (Date.parse(renewal.due ?? '') - Date.now()) / 86_400_000;
    assert.ok(
      left > 58 && left < 62,
      `Pebble names two thirds of 90 days, give or take one: ${left}`,
    );
    await renew();
    const again = (await workspace.status()).certificate.renewal;
    assert.equal(again?.due, renewal.due, 'the moment is kept');
    assert.equal(await pebble.requestsFor('newOrder'), orders, 'nothing was ordered');
  });

  it('renews at once where the authority wants that, and says what is replaced', async () => {
    await suggest(0);
    const before = (await workspace.status()).certificate;
    const outcome = await renew();
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.match(outcome.stdout, /^Renewed\. ACME/);
    const { certificate } = await workspace.status();
    assert.notEqual(certificate.fingerprint256, before.fingerprint256);
    assert.deepEqual(certificate.names, before.names);
    assert.deepEqual(certificate.problems, []);
    assert.equal(certificate.renewal?.why, 'ari', 'the new one has a window of its own');
    assert.ok(certificate.renewal.last?.ok);
    assert.equal((await pebble.log()).split('is a replacement of').length - 1, 1);
    assert.match((await renew()).stdout, /^Nothing is to be renewed yet/, 'once is enough');
  });

  it('renews before its time with --force, but not what was brought back from a backup', async () => {
    assert.match((await renew('--force')).stdout, /^Renewed/);
    await workspace.run(['restore']);
    const imported = await renew();
    assert.match(imported.stdout, /^Nothing is renewed here/, 'a restored one is of nobody');
  });

  it('goes on with the window it knows where the authority says nonsense', async () => {
    await renew();
    const { renewal, fingerprint256 } = (await workspace.status()).certificate;
    await pebble.setRenewalInformation(await served(), '{"suggestedWindow":{"start":"soon"}}');
    process.env['CHROMA_TLS_DATA_DIR'] = workspace.env['CHROMA_TLS_DATA_DIR'];
    const record = (): Promise<RenewalRecord> =>
      readRenewal(workspace.folder, fingerprint256 ?? '');
    const { information } = await record();
    assert.ok(information, 'it was asked before');
    const due = { ...information, checkAt: 0 };
    await writeRenewal(workspace.folder, fingerprint256 ?? '', { information: due });
    assert.equal((await renew()).code, 0);
    assert.ok(((await record()).information?.checkAt ?? 0) > Date.now(), 'it was asked again');
    assert.equal((await workspace.status()).certificate.renewal?.due, renewal?.due);
  });

  it('notes a failure with its cure, and does not try again within the hour', async () => {
    await suggest(0);
    const taken = createServer().listen(pebble.httpPort);
    await once(taken, 'listening');
    try {
      const failed = await renew();
      assert.equal(failed.code, 1);
      const { certificate } = await workspace.status();
      assert.match(certificate.problems.join(), /could not be renewed/);
      assert.equal(certificate.renewal?.last?.ok, false);
      assert.match((await renew()).stdout, /^Nothing is to be renewed yet/);
    } finally {
      taken.close();
    }
    assert.match((await renew('--force')).stdout, /^Renewed/);
    assert.deepEqual((await workspace.status()).certificate.problems, []);
  });
});
