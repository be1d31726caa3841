import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ServerFacts } from '../../../../src/chroma/server-facts.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../../src/project/settings.ts';
import {
  couldOpen,
  describeAccess,
  findAccessChange,
} from '../../../../src/vscode/model/access.ts';
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

describe('a start that says nothing of a token', () => {
  const { healthy } = SAMPLES;
  const asking = (kind: 'docker' | 'local' | 'compose') => {
    assert.equal(healthy.observation.kind, 'running');
    const server = { ...healthy.observation.server, runtime: kind, asksForToken: true } as const;
    const part = 'Chroma server';
    return { observation: { kind: 'exited', server, part, lastLog: [] } } as const;
  };
  const none = { observation: { kind: 'none' } } as const;

  it('could open a server that a terminal had ask for one', () => {
    assert.equal(couldOpen('start', none, 'auto', true), true);
    assert.equal(couldOpen('start', none, 'auto', false), false);
  });

  it('could open one that an earlier version started with one', () => {
    assert.equal(couldOpen('start', asking('docker'), 'auto', false), true);
    assert.equal(couldOpen('restart', asking('local'), 'local', false), true);
    assert.equal(couldOpen('start', asking('compose'), 'auto', false), false);
  });

  it('opens none where Compose or somebody else says who may ask', () => {
    assert.equal(couldOpen('start', none, 'compose', true), false);
    assert.equal(couldOpen('restart', asking('docker'), 'external', true), false);
  });

  it('opens none that answers or is paused, as a restart of it does', () => {
    assert.equal(healthy.observation.kind, 'running');
    const { server } = healthy.observation;
    const problem = { code: 'server-paused', what: 'It is paused.' };
    const paused = { observation: { kind: 'impaired', server, problem } } as const;
    for (const snapshot of [healthy, paused]) {
      assert.equal(couldOpen('start', snapshot, 'auto', true), false);
      assert.equal(couldOpen('restart', snapshot, 'auto', true), true);
    }
  });
});
