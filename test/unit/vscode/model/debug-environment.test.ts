import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { addToLaunch } from '../../../../src/vscode/model/debug-environment.ts';

describe('the environment of a debug session', () => {
  const variables = { CHROMA_DOMAIN: 'localhost', NODE_EXTRA_CA_CERTS: '/w/certs/ca.pem' };

  it('gets our variables, and keeps what the user wrote', () => {
    const launch = { type: 'node', request: 'launch', env: { CHROMA_DOMAIN: 'a.test', B: '1' } };
    assert.deepEqual(addToLaunch(launch, variables).env, {
      NODE_EXTRA_CA_CERTS: '/w/certs/ca.pem',
      CHROMA_DOMAIN: 'a.test',
      B: '1',
    });
    const bare = { type: 'debugpy', request: 'launch' };
    assert.deepEqual(addToLaunch(bare, variables), { ...bare, env: variables });
  });

  it('is left alone where nothing is launched, or the debugger has another form for it', () => {
    for (const launch of [
      { type: 'node', request: 'attach' },
      { type: 'cppdbg', request: 'launch', environment: [] },
      { type: 'node', request: 'launch', env: 'odd' },
      {},
    ]) {
      assert.equal(addToLaunch(launch, variables), launch);
    }
  });
});
