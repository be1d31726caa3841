import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { askInSteps, WentBack, type Step } from '../../../../src/vscode/window/steps.ts';

interface Answers {
  readonly kind?: string;
  readonly port?: string;
  readonly email?: string;
}

describe('questions in steps', () => {
  const shown: string[] = [];
  /** Steps that are answered from a script: `kind=a` answers, `<` goes back. */
  const play = async (...script: readonly string[]): Promise<Answers> => {
    shown.length = 0;
    const left = [...script];
    const step = (key: keyof Answers, isOpen?: Step<Answers>['isOpen']): Step<Answers> => ({
      ...(isOpen && { isOpen }),
      ask: (answers, { step: number, totalSteps }) => {
        shown.push(`${key} ${number}/${totalSteps} ${answers[key] ?? ''}`.trim());
        const next = left.shift();
        if (next === '<') return Promise.reject(new WentBack());
        return Promise.resolve({ ...answers, [key]: next });
      },
    });
    const steps = [step('kind'), step('port', ({ kind }) => kind === 'own'), step('email')];
    return askInSteps('Test', steps, {});
  };

  it('are asked one after the other, those that are settled left out', async () => {
    assert.deepEqual(await play('other', 'me@a.test'), { kind: 'other', email: 'me@a.test' });
    assert.deepEqual(shown, ['kind 1/2', 'email 2/2']);
    await play('own', '80', 'me@a.test');
    assert.deepEqual(shown, ['kind 1/2', 'port 2/3', 'email 3/3']);
  });

  it('go back to the one that was asked before, with its answer filled in', async () => {
    await play('own', '80', '<', '81', 'me@a.test');
    assert.deepEqual(shown, ['kind 1/2', 'port 2/3', 'email 3/3', 'port 2/3 80', 'email 3/3']);
    await play('other', '<', 'own', '80', 'me@a.test');
    assert.deepEqual(shown, ['kind 1/2', 'email 2/2', 'kind 1/2 other', 'port 2/3', 'email 3/3']);
  });
});
