import assert from 'node:assert/strict';
import { mock } from 'node:test';
import fc from 'fast-check';
import { afterEach, describe, it } from 'mocha';
import type { CertificateFacts } from '../../../../src/certificates/inspect/certificate-state.ts';
import { deriveStatus, nextChange } from '../../../../src/chroma/status/derive-status.ts';
import type { Snapshot } from '../../../../src/chroma/status/snapshot.ts';
import { MomentTimer } from '../../../../src/system/moment-timer.ts';
import { renderTree } from '../../../../src/vscode/model/tree/render-tree.ts';
import { EXTERNAL_SAMPLES, NOW, SAMPLES, SERVED } from '../../vscode/samples.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';

const DAY = 86_400_000;
const { healthy } = SAMPLES;
assert.ok(healthy.certificate.kind === 'present' && healthy.probe?.ok);
const { facts } = healthy.certificate;

function withDates(dates: Partial<CertificateFacts>): Snapshot {
  return { ...healthy, certificate: { kind: 'present', facts: { ...facts, ...dates } } };
}

/** A healthy server that is asked so often, in seconds. */
function withInterval(heartbeatInterval: number) {
  const settings = { settings: { ...DEFAULT_SETTINGS, heartbeatInterval } };
  return { ...healthy, settings } satisfies Snapshot;
}

/** The state, and the codes of what is wrong or of why it cannot be reached. */
function say(snapshot: Snapshot, now: number): string {
  const status = deriveStatus(snapshot, now);
  if (status.state === 'degraded') {
    return [status.state, ...status.problems.map(({ code }) => code)].join(' ');
  }
  return status.state === 'unreachable' ? `unreachable ${status.failure.code}` : status.state;
}

describe('what time alone changes', () => {
  it('is told of the same facts: soon over, over, and over for want of the authority', () => {
    const end = facts.notAfter.getTime();
    assert.equal(say(healthy, NOW), 'healthy');
    assert.equal(say(healthy, end - 20 * DAY), 'degraded expires-soon');
    assert.equal(say(healthy, end), 'degraded expires-soon');
    assert.equal(say(healthy, end + 1), 'unreachable expired');
    assert.equal(say(healthy, facts.notBefore.getTime() - 1), 'unreachable not-yet-valid');
    const authority = { name: 'CA', notBefore: facts.notBefore, notAfter: new Date(NOW + DAY) };
    assert.equal(
      say(withDates({ authorities: [authority] }), NOW + DAY + 1),
      'unreachable expired',
    );
    assert.equal(say({ ...SAMPLES.stopped }, end + 1), 'stopped');
  });

  it('is told of the certificate that is served: not of one on disk that is not served yet', () => {
    assert.ok(healthy.probe?.ok);
    const other: Snapshot = {
      ...withDates({ notAfter: new Date(NOW - DAY) }),
      probe: { ...healthy.probe, servedFingerprint256: 'CD' },
    };
    assert.equal(say(other, NOW), 'degraded expired serves-previous-certificate');
    const { certificate } = withDates({ namesFingerprint256: 'CD' });
    const forHosts = { ...other, certificate };
    assert.equal(say(forHosts, NOW), 'healthy', 'the one for host names is as good');
    const theirs = EXTERNAL_SAMPLES.healthy;
    const status = deriveStatus(theirs, SERVED.notAfter.getTime() + 1);
    assert.ok(status.state === 'unreachable');
    assert.deepEqual([status.failure.code, status.failure.action], ['expired', undefined]);
  });

  it('is that nobody knows how a server is whose heartbeat a sleeping machine has missed', () => {
    const hour = 3_600_000;
    const asked = withInterval(5);
    assert.equal(say(asked, NOW + 29_999), 'healthy');
    assert.equal(say(asked, NOW + 30_000), 'checking');
    assert.equal(say(asked, NOW + 8 * hour), 'checking');
    assert.equal(nextChange(asked, NOW + 1), NOW + 30_000);
    assert.notEqual(nextChange(asked, NOW + 30_000), NOW + 30_000);
    assert.equal(say(withInterval(3600), NOW + 2 * hour), 'healthy');
    assert.equal(say(withInterval(3600), NOW + 2 * hour + 20_000), 'checking');
    // A server that is down is asked less often, whatever the interval.
    const down: Snapshot = { ...SAMPLES.unreachable, settings: withInterval(1).settings };
    const { probe } = down;
    assert.ok(probe?.ok === false && say(down, NOW).startsWith('unreachable'));
    assert.equal(say(down, NOW + 60_000), say(down, NOW));
    assert.equal(say(down, NOW + 80_000), 'checking');
    // A clock that was set back tells nothing.
    assert.equal(say(asked, NOW - hour), 'healthy');
    assert.equal(say({ ...SAMPLES.stopped, settings: asked.settings }, NOW + hour), 'stopped');
  });

  it('is known ahead: nothing that is shown changes before', () => {
    const dates = fc.record({
      start: fc.integer({ min: -400, max: 3 }),
      days: fc.integer({ min: 1, max: 800 }),
    });
    fc.assert(
      fc.property(
        dates,
        fc.option(dates),
        fc.integer({ min: 0, max: 500 * 24 }),
        fc.option(fc.integer({ min: 1, max: 3600 })),
        (own, by, hour, interval) => {
          const validity = ({ start, days }: { start: number; days: number }) => ({
            notBefore: new Date(NOW + start * DAY),
            notAfter: new Date(NOW + (start + days) * DAY),
          });
          const dated = withDates({
            ...validity(own),
            ...(by ? { authorities: [{ name: 'CA', ...validity(by) }] } : {}),
          });
          const snapshot: Snapshot =
            interval === null ? dated : { ...dated, settings: withInterval(interval).settings };
          const now = NOW + (hour * DAY) / 24;
          const show = (moment: number): string =>
            JSON.stringify([
              deriveStatus(snapshot, moment),
              renderTree({ kind: 'folder', snapshot }, moment),
            ]);
          const next = nextChange(snapshot, now);
          const last = next === undefined ? now + 1000 * DAY : next - 1;
          assert.equal(show(last), show(now));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a moment that is waited for', () => {
  afterEach(() => {
    mock.timers.reset();
  });

  it('is not missed by a machine that sleeps', () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: NOW });
    let arrived = 0;
    const timer = new MomentTimer(() => {
      arrived += 1;
    });
    timer.set(NOW + 3 * 3_600_000);
    mock.timers.tick(60_000);
    assert.equal(arrived, 0);
    // Eight hours pass of which no timer knows.
    mock.timers.setTime(NOW + 8 * 3_600_000);
    mock.timers.tick(60_000);
    assert.equal(arrived, 1);
    timer.set(NOW + 9 * 3_600_000);
    timer.set(undefined);
    mock.timers.tick(10 * 3_600_000);
    assert.equal(arrived, 1);
  });

  it('is told soon after waking where it was near', () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: NOW });
    let arrived = 0;
    const timer = new MomentTimer(() => {
      arrived += 1;
    });
    timer.set(NOW + 25_000);
    mock.timers.setTime(NOW + 8 * 3_600_000);
    mock.timers.tick(6250);
    assert.equal(arrived, 1);
  });
});
