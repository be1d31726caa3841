import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ours, readArgument, toButton } from '../../../../src/vscode/model/actions.ts';

describe('the buttons under a message', () => {
  it('run the command that cures', () => {
    assert.deepEqual(toButton({ usePort: 8001 }), {
      label: 'Use Port 8001',
      command: 'chromaTls.startServer',
      arguments: [{ port: 8001 }],
    });
    assert.deepEqual(toButton('replaceBrokenPair'), {
      label: 'Back Up and Regenerate',
      command: 'chromaTls.generateCertificate',
      arguments: [{ replaceBroken: true }],
    });
    assert.deepEqual(toButton('useBuiltinEngine'), {
      label: 'Use the Built-in Engine',
      command: 'chromaTls.generateCertificate',
      arguments: [{ engine: 'builtin' }],
    });
    assert.deepEqual(toButton({ openSetting: 'chromaTls.port' }), {
      label: 'Open Setting',
      command: 'workbench.action.openSettings',
      arguments: ['@id:chromaTls.port'],
    });
    assert.deepEqual(toButton('openFolder').command, 'vscode.openFolder');
    assert.deepEqual(toButton({ terminal: 'sudo true', label: 'Open Terminal' }), {
      label: 'Open Terminal',
      command: 'chromaTls.typeInTerminal',
      arguments: ['sudo true'],
    });
    assert.deepEqual(toButton({ open: 'https://docs.docker.com/', label: 'Get Docker' }), {
      label: 'Get Docker',
      command: 'vscode.open',
      arguments: ['https://docs.docker.com/'],
    });
  });

  it('say to the command what the command reads', () => {
    for (const argument of [
      { port: 8001 },
      { replaceBroken: true },
      { restart: true },
      { enterPassphrase: true },
      { engine: 'builtin' },
      { separate: true },
    ] as const) {
      const [given] = ours('chromaTls.startServer', undefined, argument).arguments;
      assert.deepEqual(readArgument(given), argument);
    }
  });

  it('give nothing special to a command that was called by a tree node, or plainly', () => {
    assert.deepEqual(readArgument({ id: 'certificate', label: 'Certificate', port: 'x' }), {});
    assert.deepEqual(readArgument(undefined), {});
    assert.deepEqual(readArgument(null), {});
  });
});
