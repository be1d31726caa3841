import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  chooseElevation,
  elevate,
  explainByHand,
  type ElevationFacts,
} from '../../../../src/certificates/trust/elevation.ts';
import {
  anchorStore,
  ANCHOR_SYSTEMS,
} from '../../../../src/certificates/trust/stores/linux-system.ts';

const NOTHING: ElevationFacts = {
  isRoot: false,
  sudo: 'missing',
  hasTerminal: false,
  hasPkexec: false,
  hasDesktop: false,
};

describe("an administrator's rights", () => {
  for (const [facts, expected] of [
    [{ isRoot: true, sudo: 'asks-nothing' }, 'none'],
    [{ sudo: 'asks-nothing', hasPkexec: true, hasDesktop: true }, 'sudo'],
    [{ sudo: 'asks', hasTerminal: true }, 'sudo'],
    // In VS Code sudo would ask where nobody sees it.
    [{ sudo: 'asks', hasPkexec: true, hasDesktop: true }, 'pkexec'],
    [{ sudo: 'asks', hasPkexec: true }, 'by-hand'],
    [{ sudo: 'asks', hasDesktop: true }, 'by-hand'],
    [{}, 'by-hand'],
  ] as const) {
    it(`${JSON.stringify(facts)}: ${expected}`, () => {
      assert.equal(chooseElevation({ ...NOTHING, ...facts }), expected);
    });
  }

  it('come by one program in front, the environment carried over', () => {
    const command = { program: '/jdk/bin/keytool', args: ['-list'], env: { A: 'b c' } };
    assert.equal(elevate(command, 'none'), command);
    assert.deepEqual(elevate(command, 'sudo'), {
      program: 'sudo',
      args: ['--', 'env', 'A=b c', '/jdk/bin/keytool', '-list'],
    });
    assert.deepEqual(elevate({ program: '/bin/rm', args: ['x'] }, 'pkexec'), {
      program: 'pkexec',
      args: ['/bin/rm', 'x'],
    });
  });

  it('are asked for by a line that a shell reads as it is meant', () => {
    const [system] = ANCHOR_SYSTEMS;
    assert.ok(system);
    const commands = [
      { program: '/usr/bin/install', args: ["/it's $HOME/ca.pem", '/anchors/x.crt'] },
      { program: '/usr/sbin/update-ca-certificates', args: [] },
    ];
    const { problem } = explainByHand(anchorStore(system), commands, 'linux');
    const line = `sudo -- /usr/bin/install '/it'\\''s $HOME/ca.pem' /anchors/x.crt && sudo -- /usr/sbin/update-ca-certificates`;
    assert.deepEqual(problem.action, { terminal: line, label: 'Open Terminal' });
    assert.ok(problem.next?.endsWith(line));
    assert.equal(explainByHand(anchorStore(system), commands, 'win32').problem.action, undefined);
  });
});
