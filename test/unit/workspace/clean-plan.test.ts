import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { renderPlan } from '../../../src/cli/clean-verb.ts';
import {
  describeSize,
  planCleaning,
  REMOVED,
  type FoundBelonging,
} from '../../../src/workspace/clean-plan.ts';

describe('the plan of a cleaning', () => {
  const found = (kind: FoundBelonging['kind'], isData = false): FoundBelonging => ({
    kind,
    name: kind,
    locations: [`/there/${kind}`],
    how: 'deleted',
    isData,
    remove: () => Promise.resolve(REMOVED),
  });

  it('has what leads to the rest go last, no matter who found it first', () => {
    const findings = [
      { found: [found('records'), found('authority')], stays: ['a'], unknown: [] },
      { found: [found('volume', true), found('trust')], stays: ['b'], unknown: [] },
      { found: [found('passphrase')], stays: [], unknown: [] },
    ];
    const plan = planCleaning(findings, true);
    assert.deepEqual(
      plan.found.map(({ kind }) => kind),
      ['trust', 'volume', 'authority', 'passphrase', 'records'],
    );
    assert.deepEqual(plan.stays, ['a', 'b']);
  });

  it('names data apart, under the option that it takes', () => {
    const findings = [
      { found: [found('volume', true), found('logs')], stays: ['certs stays.'], unknown: [] },
    ];
    assert.deepEqual(renderPlan(planCleaning(findings, true)), [
      'Outside of this folder, because of it:',
      '  The server that runs is stopped first.',
      '  logs: deleted',
      '    /there/logs',
      'Its data, which takes a second yes (--data):',
      '  volume: deleted',
      '    /there/volume',
      'What stays:',
      '  certs stays.',
    ]);
  });

  it('says how much disk something takes', () => {
    const said = [0, 999, 1000, 12_345, 65_000_000, 1_500_000_000].map(describeSize);
    assert.deepEqual(said, ['0 bytes', '999 bytes', '1.0 KB', '12 KB', '65 MB', '1.5 GB']);
  });
});
