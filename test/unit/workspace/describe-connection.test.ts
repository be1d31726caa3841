import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { DEFAULT_SETTINGS } from '../../../src/project/settings.ts';
import { describeConnection } from '../../../src/workspace/describe-connection.ts';
import { makeWorkspace } from '../chroma/tls-fixture.ts';
import { running } from '../chroma/runtime-fixture.ts';
import { openContext } from './open-context.ts';

describe('what a client has to know', () => {
  it('is that the server asks for a token, even where the file that kept it is gone', async () => {
    const context = await openContext(await makeWorkspace(), DEFAULT_SETTINGS);
    const observation = running('docker');
    assert.equal(observation.kind, 'running');
    context.server.apply({ kind: 'observed', observation });
    assert.equal((await describeConnection(context)).tokenVariable, undefined);
    const server = { ...observation.server, asksForToken: true } as const;
    context.server.apply({ kind: 'observed', observation: { kind: 'running', server } });
    assert.equal((await describeConnection(context)).tokenVariable, 'CHROMA_TOKEN');
  });
});
