import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { issue } from '../../../unit/certificates/pki-fixture.ts';
import { freePort, Workspace } from '../../fixtures/cli.ts';

/** Answers as AWS was seen to. moto checks neither credentials nor quotas. */
interface Answer {
  readonly status: number;
  readonly body: string;
}

describe('what the terminal’s aws says when AWS refuses', () => {
  let workspace: Workspace;
  let server: Server;
  let answer: Answer;
  let home: string;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    const reply: RequestListener = (request, response) => {
      request.resume();
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(answer.body);
    };
    server = createServer(reply);
    await listen(server);
    home = await mkdtemp(join(tmpdir(), 'chroma-tls-aws-'));
    env = {
      AWS_ACCESS_KEY_ID: 'testing',
      AWS_SECRET_ACCESS_KEY: 'testing',
      AWS_REGION: 'eu-west-1',
      AWS_CONFIG_FILE: join(home, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${portOf(server)}`,
      HOME: home,
    };
    workspace = await Workspace.create(env);
    const { code, stderr } = await workspace.run(['generate']);
    assert.equal(code, 0, stderr);
  });
  after(() => {
    server.close();
  });

  async function listen(one: Server): Promise<void> {
    await new Promise<void>((done) => {
      one.listen(0, '127.0.0.1', done);
    });
  }

  function portOf(one: Server): number {
    // One that listens on a port has such an address.
    return (one.address() as AddressInfo).port;
  }

  async function refuse(
    args: readonly string[],
    more: NodeJS.ProcessEnv = {},
    given?: Answer,
  ): Promise<string> {
    if (given) answer = given;
    const { code, stderr } = await workspace.run(['aws', ...args], more);
    assert.equal(code, 1, stderr);
    assert.doesNotMatch(stderr, /\n {4}at /, 'no stack is shown');
    return stderr;
  }

  function error(name: string, message: string): Answer {
    return { status: 400, body: JSON.stringify({ __type: name, message }) };
  }

  it('an expired token', async () => {
    const given = error(
      'ExpiredTokenException',
      'The security token included in the request is expired',
    );
    const said = await refuse(
      ['list', '--profile', 'default'],
      { ...(await withProfile()) },
      given,
    );
    assert.match(said, /sign-in to AWS has expired.*aws sso login --profile default/);
  });

  it('credentials that AWS does not know', async () => {
    const given = error(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    );
    assert.match(await refuse(['list'], {}, given), /AWS does not know the access key/);
  });

  it('an action that is not allowed, by its name', async () => {
    const given = error(
      'AccessDeniedException',
      'User: arn:aws:iam::111122223333:user/ada is not authorized to perform: acm:ListCertificates because no identity-based policy allows the acm:ListCertificates action',
    );
    assert.match(await refuse(['list'], {}, given), /does not allow you acm:ListCertificates/);
  });

  it('a quota and a rate', async () => {
    const quota = error('LimitExceededException', 'You have reached your limit of imports');
    const said = await refuse(['import', '--yes'], {}, quota);
    assert.match(said, /no more certificates of yours in eu-west-1.*limit of imports/);
    const rate = error('ThrottlingException', 'Rate exceeded');
    assert.match(await refuse(['list'], {}, rate), /too many requests.*in a minute/);
  });

  it('a certificate that AWS does not take', async () => {
    const given = error(
      'ValidationException',
      'The certificate field contains more than one certificate. You can specify only one certificate in this field.',
    );
    const said = await refuse(['import', '--yes'], {}, given);
    assert.match(said, /does not take the certificate.*more than one certificate.*ECDSA on P-256/);
  });

  it('a page of somebody else in AWS’s place', async () => {
    const page = { status: 200, body: '<!doctype html><title>Sign in to the network</title>' };
    assert.match(await refuse(['list'], {}, page), /answered in place of AWS/);
  });

  it('no region, and takes that of AWS_DEFAULT_REGION', async () => {
    assert.match(await refuse(['list'], { AWS_REGION: '' }), /no region is set.*--region/);
    const given = error('LimitExceededException', 'enough');
    const said = await refuse(['list'], { AWS_REGION: '', AWS_DEFAULT_REGION: 'sa-east-1' }, given);
    assert.match(said, /in sa-east-1/);
  });

  it('no credentials, and no such profile', async () => {
    const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    assert.match(
      await refuse(['list'], none),
      /There are no credentials for AWS\. .*aws configure/,
    );
    const said = await refuse(['list', '--profile', 'nobody'], none);
    assert.match(said, /no credentials for AWS in the profile nobody/);
  });

  it('a profile with SSO that is not signed in', async () => {
    await writeFile(
      join(home, 'sso-config'),
      [
        '[profile work]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = dev',
        '[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.example/start\n',
      ].join('\n'),
    );
    const said = await refuse(['list', '--profile', 'work'], {
      AWS_CONFIG_FILE: join(home, 'sso-config'),
    });
    assert.match(said, /expired.*aws sso login --profile work/);
  });

  it('a server that cannot be verified; AWS_CA_BUNDLE cures that', async () => {
    const root = await issue({ name: 'Their Proxy', ca: true });
    const leaf = await issue({ by: root, names: ['localhost'], usages: ['1.3.6.1.5.5.7.3.1'] });
    const proxy = createTlsServer({ cert: leaf.pem, key: leaf.keyPem }, (request, response) => {
      request.resume();
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end('{"CertificateSummaryList":[]}');
    });
    await listen(proxy);
    try {
      const there = { AWS_ENDPOINT_URL: `https://localhost:${portOf(proxy)}` };
      assert.match(
        await refuse(['list'], there),
        /cannot be verified, so nothing was sent.*AWS_CA_BUNDLE/,
      );
      const bundle = join(home, 'proxy.pem');
      await writeFile(bundle, root.pem);
      const cured = await workspace.run(['aws', 'list'], { ...there, AWS_CA_BUNDLE: bundle });
      assert.equal(cured.code, 0, cured.stderr);
      const missing = { ...there, AWS_CA_BUNDLE: join(home, 'nothing.pem') };
      assert.match(await refuse(['list'], missing), /cannot be read from .*nothing\.pem/);
    } finally {
      proxy.close();
    }
  });

  it('a server that nobody runs, and one that would get the key in clear', async () => {
    const nobody = `https://localhost:${await freePort()}`;
    assert.match(await refuse(['list', '--endpoint-url', nobody]), /cannot be reached/);
    const clear = ['import', '--yes', '--endpoint-url', 'http://aws.invalid'];
    assert.match(await refuse(clear), /private key would go there in clear/);
    assert.match(await refuse(['list', '--endpoint-url', 'aws']), /It is not a URL/);
  });

  async function withProfile(): Promise<NodeJS.ProcessEnv> {
    const file = join(home, 'default-credentials');
    await writeFile(file, '[default]\naws_access_key_id = a\naws_secret_access_key = b\n');
    return { AWS_SHARED_CREDENTIALS_FILE: file };
  }
});
