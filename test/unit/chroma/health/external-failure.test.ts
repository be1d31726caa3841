import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { adviseExternal } from '../../../../src/chroma/health/failure-advice.ts';
import {
  classifyFailure,
  type HeartbeatFailure,
} from '../../../../src/chroma/health/heartbeat-failure.ts';

const ASKED = {
  address: 'chroma.example',
  port: 443,
  name: 'chroma.example',
  path: '/api/v2/heartbeat',
};

/** As Node.js reports it: a code, and its own words. */
function failure(code: string, message = code): HeartbeatFailure {
  return classifyFailure(Object.assign(new Error(message), { code }), ASKED);
}

describe('the failed heartbeat of a server that someone else runs', () => {
  it('says which authority to get, and where to put it', () => {
    const unknown = failure('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    assert.match(adviseExternal(unknown, 'system').what, /this machine does not know.*ca\.pem/);
    assert.match(adviseExternal(unknown, 'ca-file').what, /not signed by .*in ca\.pem/);
  });

  it('offers nothing that only the one who runs it can do', () => {
    const codes = [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'CERT_HAS_EXPIRED',
      'CERT_NOT_YET_VALID',
      'ECONNREFUSED',
      'ENOTFOUND',
      'EHOSTUNREACH',
      'ETIMEDOUT',
      'ERR_SSL_WRONG_VERSION_NUMBER',
      'ERR_SOMETHING_ELSE',
    ];
    for (const code of codes) {
      const { action } = adviseExternal(failure(code), 'system');
      assert.ok(
        action === undefined || action === 'setDomain' || action === 'openSettings',
        `${code}: ${JSON.stringify(action)}`,
      );
    }
  });

  it('names a host that nobody knows, and one that no network leads to', () => {
    assert.equal(failure('ENOTFOUND').code, 'unknown-host');
    assert.match(adviseExternal(failure('EAI_AGAIN'), 'system').what, /Set the domain/);
    assert.equal(failure('EHOSTUNREACH').code, 'no-route');
  });

  it('tells what BoringSSL lacks from a name that does not fit', () => {
    const constraint = failure('ERR_SSL_X', 'unsupported name constraint type');
    assert.equal(constraint.code, 'unsupported-constraint');
    assert.match(adviseExternal(constraint, 'ca-file').what, /Copy servercert\.pem/);
  });

  it('says that what answers is no Chroma', () => {
    const missing = classifyFailure({ status: 404 }, ASKED);
    assert.match(adviseExternal(missing, 'system').what, /it has no Chroma heartbeat/);
  });
});
