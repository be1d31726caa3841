import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, it } from 'mocha';
import {
  NotificationTurns,
  type Notice,
} from '../../../../src/vscode/window/notification-turns.ts';

/** A screen as VS Code's: what is shown stays until it is answered, put away or faded. */
class Screen {
  readonly shown: string[] = [];
  /** Behind the bell. */
  readonly away: string[] = [];
  readonly #answers = new Map<string, (label: string | undefined) => void>();
  readonly #fades = new Map<string, () => void>();

  readonly show = ({ message }: Notice): Promise<string | undefined> => {
    this.shown.push(message);
    return new Promise((resolve) => {
      this.#answers.set(message, (label) => {
        this.shown.splice(0, this.shown.length, ...this.shown.filter((one) => one !== message));
        resolve(label);
      });
    });
  };

  readonly untilFaded = ({ message }: Notice): Promise<void> =>
    new Promise((resolve) => {
      this.#fades.set(message, resolve);
    });

  /** As a busy VS Code does. */
  showLate(progress: string): void {
    this.shown.push(progress);
  }

  seen = Promise.resolve();
  readonly untilSeen = (): Promise<void> => this.seen;

  readonly putAway = (): Promise<void> => {
    this.away.push(...this.shown.splice(0));
    return Promise.resolve();
  };

  async press(message: string, label?: string): Promise<void> {
    this.#answers.get(message)?.(label);
    await setImmediate();
  }

  async fade(message: string): Promise<void> {
    this.#fades.get(message)?.();
    await setImmediate();
  }
}

describe('notifications', () => {
  let screen: Screen;
  let turns: NotificationTurns;
  beforeEach(() => {
    screen = new Screen();
    turns = new NotificationTurns(screen);
  });

  const tell = async (message: string, how: Partial<Notice> = {}): Promise<string | undefined> => {
    const answer = turns.tell({ severity: 'information', message, labels: [], ...how });
    await setImmediate();
    return answer;
  };

  /** Tells it, and does not wait for the answer. */
  const say = async (message: string, how: Partial<Notice> = {}): Promise<void> => {
    void tell(message, how);
    await setImmediate();
  };

  it('come one after the other, the gravest first', async () => {
    await say('made');
    await say('later');
    await say('beware', { severity: 'warning' });
    await say('failed', { severity: 'error' });
    assert.deepEqual(screen.shown, ['made']);
    await screen.press('made');
    assert.deepEqual(screen.shown, ['failed']);
    await screen.press('failed');
    assert.deepEqual(screen.shown, ['beware']);
    await screen.fade('beware');
    assert.deepEqual(screen.shown, ['later'], 'VS Code took the one before off the screen');
    assert.deepEqual(screen.away, ['beware'], 'should it have lingered, it was put away');
  });

  it('of what a user does next replace what was said before, which stays behind the bell', async () => {
    await say('failed', { severity: 'error' });
    turns.beginAct();
    await say('made');
    assert.deepEqual([screen.shown, screen.away], [['made'], ['failed']]);
    await say('expires soon', { severity: 'warning', isUnasked: true });
    turns.beginAct();
    await say('expired', { severity: 'warning', isUnasked: true });
    assert.deepEqual(screen.shown, ['made'], 'what comes by itself waits');
    await screen.press('failed');
    assert.deepEqual(screen.shown, ['made'], 'an answer from the bell ends nothing else');
  });

  it('wait for the end of progress, and progress puts away what is shown', async () => {
    await say('made');
    let end = (): void => undefined;
    turns.beginAct();
    const work = turns.during(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    await setImmediate();
    assert.deepEqual([screen.shown, screen.away], [[], ['made']]);
    await say('beware', { severity: 'warning' });
    assert.deepEqual(screen.shown, []);
    end();
    await work;
    await setImmediate();
    assert.deepEqual(screen.shown, ['beware']);
  });

  it('wait until short progress is off the screen too', async () => {
    let leave = (): void => undefined;
    screen.seen = new Promise((resolve) => {
      leave = resolve;
    });
    await turns.during(() => Promise.resolve());
    await say('made');
    assert.deepEqual(screen.shown, []);
    screen.showLate('progress');
    leave();
    await setImmediate();
    assert.deepEqual([screen.shown, screen.away], [['made'], ['progress']]);
  });

  it('are not told twice, nor when the facts have overtaken them', async () => {
    await say('made');
    let isTrue = true;
    const warned = tell('does not cover it', { severity: 'warning', isStillTrue: () => isTrue });
    await say('does not cover it');
    isTrue = false;
    await screen.press('made');
    assert.deepEqual(screen.shown, []);
    assert.equal(await warned, undefined);
  });

  it('hand on which button was pressed', async () => {
    const picked = tell('failed', { severity: 'error', labels: ['Generate'] });
    await setImmediate();
    await screen.press('failed', 'Generate');
    assert.equal(await picked, 'Generate');
  });

  it('come after work that failed too', async () => {
    await assert.rejects(turns.during(() => Promise.reject(new Error('no'))));
    await setImmediate();
    await say('failed', { severity: 'error' });
    assert.deepEqual(screen.shown, ['failed']);
  });
});
