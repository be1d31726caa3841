import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { StartStep } from '../../../../src/chroma/runtimes/runtime.ts';
import { deriveStatus, type State } from '../../../../src/chroma/status/derive-status.ts';
import type { Snapshot } from '../../../../src/chroma/status/snapshot.ts';
import { offerActions } from '../../../../src/vscode/model/offered-actions.ts';
import { renderStatusBar, type StatusBarModel } from '../../../../src/vscode/model/status-bar.ts';
import { certificate, EXTERNAL_SAMPLES, NOW, SAMPLES, TRACKED } from '../samples.ts';

const EXPECTED: Readonly<Record<State, readonly [string, StatusBarModel['severity']]>> = {
  checking: ['$(sync~spin) Chroma: Checking…', 'none'],
  unconfigured: ['$(shield) Chroma: Not set up', 'none'],
  stopped: ['$(circle-slash) Chroma: Stopped', 'none'],
  starting: ['$(sync~spin) Chroma: Downloading', 'none'],
  healthy: ['$(pass-filled) Chroma: Healthy', 'none'],
  degraded: ['$(warning) Chroma: Degraded', 'warning'],
  unreachable: ['$(error) Chroma: Unreachable', 'error'],
  stopping: ['$(sync~spin) Chroma: Stopping', 'none'],
  failed: ['$(error) Chroma: Failed', 'error'],
};

describe('the status-bar item', () => {
  for (const [state, snapshot] of Object.entries(SAMPLES) as [State, Snapshot][]) {
    it(`says ${state}`, () => {
      const { text, severity } = render(snapshot);
      assert.deepEqual([text, severity], EXPECTED[state]);
    });
  }

  it('tells every state by its icon, those that wait for something by one', () => {
    const icons = Object.values(EXPECTED).map(([text]) => /^\$\(([\w~-]+)\)/.exec(text)?.[1]);
    const rest = icons.filter((icon) => icon !== 'sync~spin');
    // Unreachable and failed are one thing to do about: look.
    assert.equal(new Set(rest).size, rest.length - 1);
  });

  it('takes no more than twenty characters, in every state, step and folder', () => {
    const steps: readonly StartStep[] = [
      { kind: 'waiting' },
      { kind: 'choosing' },
      { kind: 'certificate' },
      { kind: 'pulling', image: 'chromadb/chroma:1.5.9', progress: '40 %' },
      { kind: 'installing', progress: '3 MB of 65 MB' },
      { kind: 'creating' },
      { kind: 'heartbeat' },
      { kind: 'elsewhere' },
    ];
    const starting = steps.map((step) => ({
      ...SAMPLES.stopped,
      operation: { kind: 'starting', step } as const,
    }));
    for (const snapshot of [...Object.values(SAMPLES), ...starting]) {
      for (const name of [
        undefined,
        'api',
        'services-of-the-backend',
        '$(bug) 🐛🐛🐛🐛🐛🐛🐛🐛🐛',
      ]) {
        const named = name === undefined ? {} : { name };
        const model = renderStatusBar({ kind: 'folder', snapshot, ...named }, NOW);
        const shown = model?.text.replace(/^\$\([\w~-]+\) /, '') ?? '';
        assert.ok(Array.from(shown).length <= 20, shown);
        assert.doesNotMatch(shown, /\$\(|undefined/);
        if (name !== undefined) assert.match(model?.tooltip.title ?? '', / in /);
      }
    }
  });

  it('is hidden where nothing may run', () => {
    for (const kind of ['no-folder', 'untrusted', 'unchosen'] as const) {
      assert.equal(renderStatusBar({ kind }, NOW), undefined);
    }
  });

  it('has address, round trip, version and expiry of a healthy server', () => {
    const { facts, troubles } = render(SAMPLES.healthy).tooltip;
    const values = Object.fromEntries(facts.map(({ label, value }) => [label, value]));
    assert.equal(values['Address'], 'https://localhost:8000');
    assert.equal(values['Round trip'], '2.3 ms, TLS verified');
    assert.equal(values['Version'], '1.5.9');
    assert.equal(values['Certificate'], 'Expires in 100 days');
    assert.deepEqual(troubles, []);
  });

  it('says what is wrong, and offers the cure first', () => {
    const failed = render(SAMPLES.failed).tooltip;
    assert.match(failed.troubles[0] ?? '', /held by python.*Port 8001 is free/);
    assert.equal(failed.actions[0]?.label, 'Use Port 8001');
    const unreachable = render(SAMPLES.unreachable).tooltip;
    assert.equal(unreachable.actions[0]?.label, 'Regenerate Certificate');
    assert.equal(render(SAMPLES.degraded).tooltip.actions[0]?.label, 'Generate Certificate');
  });

  it('offers first to untrack a key that git tracks', () => {
    for (const snapshot of [SAMPLES.stopped, SAMPLES.healthy]) {
      const tracked = { ...snapshot, certificate: certificate(TRACKED) };
      const first = (one: Snapshot): string | undefined =>
        offerActions(deriveStatus(one, NOW), one)[0]?.command;
      assert.equal(first(tracked), 'chromaTls.untrackKey');
      assert.notEqual(first(snapshot), 'chromaTls.untrackKey');
    }
  });

  it('offers only our own commands in the tooltip', () => {
    const problem = { code: 'x', what: 'No.', action: 'openSettings' } as const;
    const snapshot = { ...SAMPLES.stopped, failure: { problem, lastLog: [] } };
    for (const { command } of render(snapshot).tooltip.actions)
      assert.match(command, /^chromaTls\./);
  });

  it('reads out the state and what is wrong', () => {
    assert.match(render(SAMPLES.failed).accessibleLabel, /^Chroma: Failed\. Port 8000 is taken\./);
    for (const snapshot of [...Object.values(SAMPLES), ...Object.values(EXTERNAL_SAMPLES)]) {
      assert.doesNotMatch(render(snapshot).accessibleLabel, /\.\.|\.$|undefined/);
    }
  });

  it('names the folder where there are several', () => {
    const model = renderStatusBar({ kind: 'folder', name: 'api', snapshot: SAMPLES.healthy }, NOW);
    assert.equal(model?.tooltip.title, 'Chroma in api: Healthy');
    assert.equal(model.text, '$(pass-filled) api: Healthy');
  });
});

describe('the status-bar item of a server that someone else runs', () => {
  it('says its state', () => {
    const shown = Object.values(EXTERNAL_SAMPLES).map((snapshot) => render(snapshot).text);
    assert.deepEqual(shown, [
      '$(sync~spin) Chroma: Checking…',
      '$(pass-filled) Chroma: Healthy',
      '$(warning) Chroma: Degraded',
      '$(error) Chroma: Unreachable',
      '$(shield) Chroma: Not set up',
      '$(error) Chroma: Failed',
    ]);
  });

  it('has the facts of the certificate it serves, and no image', () => {
    const { facts, troubles } = render(EXTERNAL_SAMPLES.healthy).tooltip;
    const values = Object.fromEntries(facts.map(({ label, value }) => [label, value]));
    assert.equal(values['Names'], 'chroma.example');
    assert.equal(values['Image'], undefined);
    assert.deepEqual(troubles, [], 'what is wrong with files of ours is not wrong with theirs');
  });

  it('offers only what can be done from here', () => {
    for (const snapshot of Object.values(EXTERNAL_SAMPLES)) {
      const status = deriveStatus(snapshot, NOW);
      const offered = offerActions(status, snapshot).map(({ command }) => command);
      const isUp = status.state === 'healthy' || status.state === 'degraded';
      assert.deepEqual(
        offered.toSorted(),
        [
          ...(isUp ? ['chromaTls.copyClientCode'] : []),
          'chromaTls.copyEndpoint',
          ...(isUp ? [] : ['chromaTls.diagnose']),
          'chromaTls.setDomain',
          ...(isUp ? ['chromaTls.testConnection'] : []),
          'workbench.action.openSettings',
        ],
        JSON.stringify(snapshot.observation),
      );
    }
  });
});

function render(snapshot: Snapshot): StatusBarModel {
  const model = renderStatusBar({ kind: 'folder', snapshot }, NOW);
  assert.ok(model);
  return model;
}
