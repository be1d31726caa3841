import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import manifest from '../../../package.json' with { type: 'json' };
import texts from '../../../package.nls.json' with { type: 'json' };
import { renderContextKeys } from '../../../src/vscode/model/context-keys.ts';
import { renderTree } from '../../../src/vscode/model/tree/render-tree.ts';
import type { UiState } from '../../../src/vscode/model/ui-state.ts';
import { EXTERNAL_SAMPLES, NOW, SAMPLES } from './samples.ts';
import { holds, type Keys } from './when-clause.ts';

/** Every state in which the view has no lines, and the button that does the next step. */
const EMPTY: readonly (readonly [UiState, string])[] = [
  [{ kind: 'no-folder' }, 'vscode.openFolder'],
  [{ kind: 'virtual' }, 'vscode.openFolder'],
  [{ kind: 'untrusted' }, 'workbench.trust.manage'],
  [{ kind: 'unchosen' }, 'chromaTls.selectFolder'],
  [{ kind: 'folder', snapshot: SAMPLES.unconfigured }, 'chromaTls.startServer'],
  [{ kind: 'folder', snapshot: EXTERNAL_SAMPLES.unconfigured }, 'chromaTls.setDomain'],
];

describe('the welcome of the empty view', () => {
  for (const [state, command] of EMPTY) {
    it(`is one in the state ${nameState(state)}: two short sentences and the next step`, () => {
      assert.deepEqual(renderTree(state, NOW), []);
      const keys = renderContextKeys(state, { hasBackups: false, hasRun: false }, NOW);
      const [first = '', ...lines] = welcomeOf(keys).split('\n');
      assert.equal(first.split(/(?<=\.) /).length, 2, first);
      assert.ok(first.length <= 130, `${first.length} characters`);
      // VS Code makes a button of a link that has a line for itself.
      const buttons = lines.flatMap((line) => /^\[[^\]]+\]\(command:([^)?]+)\)$/.exec(line) ?? []);
      assert.equal(buttons[1], command);
      assert.equal(buttons.length, 2, 'there is one button');
    });
  }

  it('says that it looks, and offers nothing, until the extension is loaded', () => {
    assert.equal(welcomeOf({}), 'Checking…');
  });

  it('is tried in every state without lines', () => {
    const states = [...Object.values(SAMPLES), ...Object.values(EXTERNAL_SAMPLES)]
      .map((snapshot): UiState => ({ kind: 'folder', snapshot }))
      .filter((state) => renderTree(state, NOW).length === 0);
    const tried = EMPTY.map(([state]) => state).filter(({ kind }) => kind === 'folder');
    assert.deepEqual(states, tried);
  });
});

/** The text of the only welcome that VS Code shows with these keys. */
function welcomeOf(keys: Keys): string {
  const shown = manifest.contributes.viewsWelcome.filter(({ when }) => holds(when, keys));
  assert.equal(shown.length, 1, JSON.stringify(shown));
  const name = shown[0]?.contents.slice(1, -1);
  return new Map(Object.entries(texts)).get(name ?? '') ?? '';
}

function nameState(state: UiState): string {
  if (state.kind !== 'folder') return state.kind;
  return state.snapshot === SAMPLES.unconfigured ? 'unconfigured' : 'unconfigured, external';
}
