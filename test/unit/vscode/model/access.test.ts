import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ServerFacts } from '../../../../src/chroma/server-facts.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../../src/project/settings.ts';
import { describeAccess, findAccessChange } from '../../../../src/vscode/model/access.ts';
import { SAMPLES } from '../samples.ts';

describe('who may ask', () => {
  const snapshot = (server: Partial<ServerFacts>, settings: Partial<Settings> = {}) => {
    const { healthy } = SAMPLES;
    assert.equal(healthy.observation.kind, 'running');
    return {
      ...healthy,
      settings: { settings: { ...DEFAULT_SETTINGS, ...settings } },
      observation: { kind: 'running', server: { ...healthy.observation.server, ...server } },
    } as const;
  };

  it('is said in a few words', () => {
    assert.equal(describeAccess(snapshot({})), 'Every client');
    assert.equal(
      describeAccess(snapshot({ asksForToken: true, corsOrigins: ['https://app.test'] })),
      'Clients with the token, and pages of https://app.test',
    );
    assert.equal(
      describeAccess(snapshot({ asksForToken: true, tls: 'embedded' })),
      'Clients with the token, and programs of this machine',
    );
    assert.equal(describeAccess(snapshot({ tls: 'embedded' })), 'Every client');
    assert.equal(describeAccess(snapshot({ runtime: 'external' })), undefined);
  });

  it('is compared with the settings', () => {
    assert.equal(findAccessChange(snapshot({})), undefined);
    assert.match(findAccessChange(snapshot({}, { token: 'generated' })) ?? '', /not ask/);
    assert.match(findAccessChange(snapshot({ asksForToken: true })) ?? '', /still asks/);
    const corsOrigins = ['https://app.test'];
    assert.match(findAccessChange(snapshot({}, { corsOrigins })) ?? '', /corsOrigins/);
    assert.equal(findAccessChange(snapshot({ corsOrigins }, { corsOrigins })), undefined);
    // A Compose file says it itself.
    assert.equal(findAccessChange(snapshot({ runtime: 'compose' }, { corsOrigins })), undefined);
  });
});
