import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { adviseCompose } from '../../../../src/chroma/health/failure-advice.ts';
import { classifyFailure } from '../../../../src/chroma/health/heartbeat-failure.ts';

const ASKED = { address: '127.0.0.1', port: 8000, name: 'localhost', path: '/api/v1/heartbeat' };

describe('the failed heartbeat of a server of a Compose file', () => {
  const plain = classifyFailure({ code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, ASKED);
  const server = { tls: 'other', port: 8000 } as const;

  it('leads to a file with TLS where that one has none', () => {
    const { code, what, action } = adviseCompose(plain, server);
    assert.deepEqual([code, action], ['plain-http', 'createComposeFile']);
    assert.match(what, /publishes Chroma on port 8000 without TLS/);
    assert.match(adviseCompose(plain, { ...server, proxyService: 'edge' }).what, /service edge/);
  });

  it('is what it was where there is TLS, or something else is the matter', () => {
    assert.equal(adviseCompose(plain, { ...server, tls: 'nginx' }), plain);
    const refused = classifyFailure({ code: 'ECONNREFUSED' }, ASKED);
    assert.equal(adviseCompose(refused, server), refused);
  });
});
