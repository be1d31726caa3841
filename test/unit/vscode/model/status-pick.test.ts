import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { COMMANDS } from '../../../../src/vscode/model/command-ids.ts';
import { renderStatusPick } from '../../../../src/vscode/model/status-pick.ts';
import { NOW, SAMPLES } from '../samples.ts';

describe('the status quick pick', () => {
  it('offers actions in every state, each once', () => {
    for (const [state, snapshot] of Object.entries(SAMPLES)) {
      const labels = actions(snapshot);
      assert.ok(labels.length > 0, state);
      assert.equal(new Set(labels).size, labels.length, state);
    }
  });

  it('offers to stop only what runs, and to start only what does not', () => {
    const { 'chromaTls.startServer': start, 'chromaTls.stopServer': stop } = COMMANDS;
    for (const [state, offers] of [
      ['stopped', start],
      ['failed', start],
      ['starting', stop],
      ['healthy', stop],
      ['degraded', stop],
      ['unreachable', stop],
    ] as const) {
      const other = offers === start ? stop : start;
      assert.ok(actions(SAMPLES[state]).includes(offers.title), state);
      assert.ok(!actions(SAMPLES[state]).includes(other.title), state);
    }
  });

  it('begins with what is wrong', () => {
    const { title, rows } = renderStatusPick(SAMPLES.unreachable, NOW);
    assert.equal(title, 'Chroma: Unreachable');
    assert.deepEqual(rows[0], { kind: 'heading', label: 'Problems' });
    assert.ok(rows[1]?.kind === 'fact');
    assert.match(rows[1].label, /not good for chroma\.test/);
  });
});

function actions(snapshot: Parameters<typeof renderStatusPick>[0]): readonly string[] {
  return renderStatusPick(snapshot, NOW).rows.flatMap((row) =>
    row.kind === 'action' ? [row.action.label] : [],
  );
}
