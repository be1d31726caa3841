import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import manifest from '../../../package.json' with { type: 'json' };
import type { Snapshot } from '../../../src/chroma/status/snapshot.ts';
import { COMMANDS } from '../../../src/vscode/model/command-ids.ts';
import { renderContextKeys, type FolderFacts } from '../../../src/vscode/model/context-keys.ts';
import type { UiState } from '../../../src/vscode/model/ui-state.ts';
import { certificate, EXTERNAL_SAMPLES, NOW, SAMPLES, TRACKED } from './samples.ts';
import { holds, type Keys } from './when-clause.ts';

const USED = { hasBackups: true, hasRun: true };
const NEW = { hasBackups: false, hasRun: false };
/** They say for themselves what is missing, or have nothing to do with what is here. */
const NEEDS_SOMETHING = [
  'copyEndpoint',
  'exportCertificate',
  'openCertificate',
  'protectKey',
  'renewCertificate',
  'restartServer',
  'restoreCertificate',
  'showLogs',
  'stopServer',
  'trustCertificate',
  'untrackKey',
  'untrustCertificate',
];

/** Those of several folders, of a paused server and of a Compose diff: each is named where it is. */
const RARE = [
  'chromaTls.selectFolder',
  'chromaTls.unpauseServer',
  'chromaTls.applyComposeFile',
  'chromaTls.discardComposeFile',
  'chromaTls.writeSeparateComposeFile',
];

describe('the command palette', () => {
  it('shows every command before the extension is loaded, but none of the lines’ own', () => {
    assert.deepEqual(offered({}), offered({}, Object.keys(COMMANDS)));
    const all = Object.keys(COMMANDS).filter((id) => !RARE.includes(id));
    assert.deepEqual(offered({}).toSorted(), all.toSorted());
  });

  it('shows what could work in the folder that is yet to be chosen', () => {
    const shown = offered(keysOf({ kind: 'unchosen' }, NEW));
    for (const name of NEEDS_SOMETHING) assert.ok(shown.includes(`chromaTls.${name}`), name);
  });

  it('shows nothing that needs what is not there', () => {
    assert.deepEqual(missing(SAMPLES.unconfigured, NEW), NEEDS_SOMETHING);
    assert.deepEqual(missing(SAMPLES.stopped, NEW), [
      'copyEndpoint',
      'restartServer',
      'restoreCertificate',
      'showLogs',
      'stopServer',
      'untrackKey',
      'untrustCertificate',
    ]);
    assert.deepEqual(missing({ ...SAMPLES.stopped, certificate: certificate(TRACKED) }, USED), [
      'copyEndpoint',
      'restartServer',
      'stopServer',
      'untrustCertificate',
    ]);
  });

  it('shows what works with a server that runs, and with trust that was given', () => {
    assert.deepEqual(missing(SAMPLES.healthy, NEW), ['restoreCertificate', 'untrackKey']);
    for (const state of ['degraded', 'unreachable'] as const) {
      const shown = offered(keysOf({ kind: 'folder', snapshot: SAMPLES[state] }, NEW));
      for (const name of ['stopServer', 'restartServer', 'copyEndpoint', 'untrustCertificate']) {
        assert.ok(shown.includes(`chromaTls.${name}`), `${state}: ${name}`);
      }
    }
  });

  it('renews only what is renewed here, and chooses no image for someone else', () => {
    const imported = { source: { kind: 'imported' }, record: {} } as const;
    assert.ok(
      missing({ ...SAMPLES.healthy, renewal: imported }, USED).includes('renewCertificate'),
    );
    const theirs = offered(keysOf({ kind: 'folder', snapshot: EXTERNAL_SAMPLES.healthy }, USED));
    for (const name of ['renewCertificate', 'selectImage', 'startServer', 'restartServer']) {
      assert.ok(!theirs.includes(`chromaTls.${name}`), name);
    }
    assert.ok(theirs.includes('chromaTls.copyEndpoint'));
  });

  it('removes nothing without trust, and nothing where no folder is open', () => {
    const isOffered = (keys: Keys): boolean => offered(keys).includes('chromaTls.removeEverything');
    assert.ok(isOffered(keysOf({ kind: 'folder', snapshot: SAMPLES.stopped }, NEW)));
    assert.ok(!isOffered(keysOf({ kind: 'untrusted' }, NEW)));
    assert.ok(!isOffered({ isWorkspaceTrusted: false }));
    assert.ok(!isOffered(keysOf({ kind: 'no-folder' }, NEW)));
  });

  it('uses only keys that are set', () => {
    const set = Object.keys(keysOf({ kind: 'no-folder' }, NEW));
    const used = JSON.stringify(manifest.contributes.menus).matchAll(/chromaTls\.[a-z]\w+/gi);
    const known = new Set([...set, ...manifest.contributes.commands.map(({ command }) => command)]);
    const foreign = [...used].map(([key]) => key).filter((key) => !known.has(key));
    assert.deepEqual([...new Set(foreign)], ['chromaTls.server']);
  });
});

function keysOf(state: UiState, facts: FolderFacts): Keys {
  return renderContextKeys(state, facts, NOW);
}

/** Which of the commands that need something are not shown. */
function missing(snapshot: Snapshot, facts: FolderFacts): readonly string[] {
  const shown = offered(keysOf({ kind: 'folder', snapshot }, facts));
  return NEEDS_SOMETHING.filter((name) => !shown.includes(`chromaTls.${name}`));
}

/** What the palette shows: VS Code leaves out what is not enabled, too. */
function offered(
  keys: Keys,
  among: readonly string[] = manifest.contributes.commands.map(({ command }) => command),
): readonly string[] {
  const { commands, menus } = manifest.contributes;
  return commands
    .filter(({ command }) => among.includes(command))
    .filter(({ enablement }) => holds(enablement, { isWorkspaceTrusted: true, ...keys }))
    .filter(({ command }) =>
      menus.commandPalette
        .filter((one) => one.command === command)
        .every(({ when }) => holds(when, keys)),
    )
    .map(({ command }) => command);
}
