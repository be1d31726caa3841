import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'mocha';
import { withAcm } from '../../../../src/certificates/public/acm/acm-connection.ts';
import { listCertificates } from '../../../../src/certificates/public/acm/list-certificates.ts';
import { issue } from '../pki-fixture.ts';

/** An account of nobody's, and a shell that switches verification off. */
const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: 'nobody',
  AWS_SECRET_ACCESS_KEY: 'nothing',
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
  AWS_PROFILE: '',
  NODE_TLS_REJECT_UNAUTHORIZED: '0',
};

describe('AWS Certificate Manager', () => {
  const before = new Map(Object.keys(ENVIRONMENT).map((name) => [name, process.env[name]]));
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  });

  it('is told nothing by a connection that is not verified, whatever the environment says', async () => {
    const { pem, keyPem } = await issue();
    let requests = 0;
    const server = createServer({ cert: pem, key: keyPem }, (_request, response) => {
      requests += 1;
      response.end('{}');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    Object.assign(process.env, ENVIRONMENT);
    try {
      const endpoint = `https://localhost:${port}`;
      const { signal } = new AbortController();
      await assert.rejects(
        withAcm({ region: 'eu-west-1', endpoint }, { signal }, listCertificates),
        { code: 'aws-not-verified' },
      );
      assert.equal(requests, 0);
    } finally {
      server.close();
    }
  });
});
