import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'mocha';
import type {
  AcmCertificate,
  AcmCertificateDetails,
} from '../../../../src/certificates/public/acm/acm-certificate.ts';
import { until } from '../../../harness/until.ts';
import { program, Workspace, type CliOutcome } from '../../fixtures/cli.ts';
import { Moto } from '../../fixtures/moto.ts';

const DOMAIN = 'chroma.northwind.dev';

describe('the terminal’s aws', function () {
  let moto: Moto;
  let workspace: Workspace;

  before(async function () {
    moto = await Moto.startIssuing(this);
  });
  after(() => {
    moto.close();
  });
  beforeEach(async () => {
    await moto.reset();
    workspace = await Workspace.create({ ...moto.env, AWS_ENDPOINT_URL: moto.endpoint });
    await wellDone(['generate', '--domain', DOMAIN]);
  });

  function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CliOutcome> {
    return workspace.run([...args, '--runtime', 'local'], env);
  }

  async function wellDone(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
    const { code, stdout, stderr } = await run(args, env);
    assert.equal(code, 0, stderr);
    return stdout;
  }

  async function refused(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
    const { code, stderr } = await run(args, env);
    assert.equal(code, 1, stderr);
    return stderr;
  }

  async function list(...more: readonly string[]): Promise<readonly AcmCertificate[]> {
    return JSON.parse(await wellDone(['aws', 'list', '--json', ...more])) as AcmCertificate[];
  }

  async function describeOne(arn: string): Promise<AcmCertificateDetails> {
    const text = await wellDone(['aws', 'list', '--json', '--arn', arn]);
    return JSON.parse(text) as AcmCertificateDetails;
  }

  /** @returns its ARN */
  async function importIt(...more: readonly string[]): Promise<string> {
    return readArn(await wellDone(['aws', 'import', '--yes', ...more]));
  }

  function readArn(text: string): string {
    const [arn] = /arn:aws:acm:\S+/.exec(text) ?? [];
    assert.ok(arn, text);
    return arn;
  }

  /** What the status says of a certificate that AWS has not taken. */
  async function behind(): Promise<string> {
    const { certificate } = await workspace.status();
    return certificate.problems.find((what) => what.startsWith('AWS')) ?? '';
  }

  async function installed(): Promise<X509Certificate> {
    return new X509Certificate(await readFile(inCerts('servercert.pem')));
  }

  function inCerts(name: string): string {
    return join(workspace.folder, 'certs', name);
  }

  it('imports the certificate, and its successor under the same ARN', async () => {
    const said = await run(['aws', 'import', '--yes']);
    assert.match(said.stderr, /AWS does not renew an imported certificate/);
    const arn = readArn(said.stdout);
    assert.equal(
      new X509Certificate(await moto.readCertificate(arn)).serialNumber,
      (await installed()).serialNumber,
    );
    const [first] = await list();
    assert.deepEqual([first?.arn, first?.type, first?.status], [arn, 'IMPORTED', 'ISSUED']);

    await wellDone(['generate']);
    assert.match(await wellDone(['aws', 'import']), /^Imported again into us-east-1\n/);
    assert.equal(
      new X509Certificate(await moto.readCertificate(arn)).serialNumber,
      (await installed()).serialNumber,
    );
    assert.equal((await list()).length, 1);
  });

  it('sends nothing before a user has agreed', async () => {
    const { code, stderr } = await run(['aws', 'import']);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /Your private key leaves this machine.*\n.*\nchroma-tls: Nothing was sent/,
    );
    assert.deepEqual(await list(), []);
  });

  it('has a renewal import the new certificate too', async () => {
    const arn = await importIt();
    assert.match(await wellDone(['renew', '--force']), new RegExp(`Imported again.*${arn}`));
    assert.equal(
      new X509Certificate(await moto.readCertificate(arn)).serialNumber,
      (await installed()).serialNumber,
    );
    assert.doesNotMatch(await wellDone(['renew']), /Imported again/, 'there is nothing newer');
  });

  it('sends nothing by itself that comes from elsewhere than what it sent before', async () => {
    const arn = await importIt();
    const sent = await moto.readCertificate(arn);
    await wellDone(['generate', '--domain', DOMAIN, '--kind', 'self-signed', '--yes']);
    assert.match(await refused(['renew']), /came from another issuer\. .*chroma-tls aws import/);
    assert.equal(await moto.readCertificate(arn), sent);
    assert.match(await behind(), /^AWS still has the certificate before this one\./);
    await wellDone(['aws', 'import']);
    assert.notEqual(await moto.readCertificate(arn), sent);
    assert.equal(await behind(), '', 'it has this one now');
  });

  it('imports a key that has a passphrase', async () => {
    const passphrase = { CHROMA_TLS_KEY_PASSPHRASE: 'correct horse battery' };
    await wellDone(['protect'], passphrase);
    assert.match(await refused(['aws', 'import', '--yes']), /locked.*CHROMA_TLS_KEY_PASSPHRASE/s);
    await wellDone(['aws', 'import', '--yes'], passphrase);
    assert.equal((await list()).length, 1);
  });

  it('makes another one in another region, and says that the first stays', async () => {
    const arn = await importIt();
    const { stderr, stdout } = await run(['aws', 'import', '--region', 'eu-west-1', '--yes']);
    assert.match(stderr, new RegExp(`${arn}\\) stays as it is`));
    assert.match(readArn(stdout), /^arn:aws:acm:eu-west-1:/);
    assert.match(await wellDone(['aws', 'import']), /^Imported again into eu-west-1\n/);
  });

  it('says in which region a certificate is not', async () => {
    const arn = await importIt();
    const said = await refused(['aws', 'list', '--arn', arn, '--region', 'eu-west-2']);
    assert.match(said, /no such certificate in eu-west-2/);
    assert.match(
      await wellDone(['aws', 'list', '--arn', arn], { AWS_REGION: 'eu-west-2' }),
      /issued/,
    );
  });

  it('does not silently make another one where it was deleted in AWS', async () => {
    const arn = await importIt();
    await moto.reset();
    assert.match(
      await refused(['aws', 'import']),
      /make a new one with chroma-tls aws import --force/,
    );
    assert.notEqual(await importIt('--force'), arn);
  });

  it('orders once, shows the records, and refuses to export what is pending', async () => {
    assert.match(
      await refused(['aws', 'request']),
      /AWS charges for every name.*Nothing was ordered/s,
    );
    const ordered = await wellDone(['aws', 'request', '--yes']);
    assert.match(ordered, /_\w+\.chroma\.northwind\.dev\. CNAME \S+\.acm-validations\.aws\./);
    const arn = readArn(ordered);
    assert.match(await wellDone(['aws', 'request']), /ordered before/);
    const { status, exportable, records } = await describeOne(arn);
    assert.deepEqual([status, exportable, records.length], ['PENDING_VALIDATION', true, 1]);
    const before = await installed();
    assert.match(await refused(['aws', 'export']), /not issued.*yet.*CNAME/s);
    assert.equal((await installed()).serialNumber, before.serialNumber);
  });

  it('waits for the issue, exports, and fetches what AWS has renewed', async () => {
    const waiting = run(['aws', 'request', '--yes', '--wait']);
    await until('AWS has the order', async () => (await list()).length > 0);
    await moto.tell('issue');
    const { code, stdout, stderr } = await waiting;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /Set these records.*CNAME/s);
    const arn = readArn(stdout);

    assert.match(
      await wellDone(['aws', 'export']),
      /^Exported .*servercert\.pem\n {2}good for chroma\.northwind\.dev\n/,
    );
    const verified = await program('openssl', [
      ...['verify', '-CAfile', inCerts('ca.pem'), inCerts('servercert.pem')],
    ]);
    assert.equal(verified.code, 0, verified.stderr);
    const key = await readFile(inCerts('serverkey.pem'), 'utf8');
    assert.match(key, /^-----BEGIN PRIVATE KEY-----/);
    assert.equal((await stat(inCerts('serverkey.pem'))).mode & 0o777, 0o600);
    const first = await installed();
    assert.equal(
      first.serialNumber,
      new X509Certificate(await moto.readCertificate(arn)).serialNumber,
    );

    assert.match(await wellDone(['renew', '--force']), /has no newer certificate yet/);
    await moto.tell('renew');
    assert.match(await wellDone(['renew', '--force']), /^Renewed\. AWS Certificate Manager/);
    assert.notEqual((await installed()).serialNumber, first.serialNumber);
  });

  it('does not export what was imported', async () => {
    const arn = await importIt();
    assert.match(await refused(['aws', 'export', '--arn', arn]), /never hands out an imported key/);
  });

  it('orders no name that is not of the public DNS', async () => {
    const said = await refused(['aws', 'request', '--yes', '--domain', 'localhost']);
    assert.match(said, /AWS signs no certificate for localhost/);
  });
});
