import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  describeData,
  describeRemoval,
  describeRemoved,
} from '../../../../../src/vscode/model/messages/removal-text.ts';
import {
  planCleaning,
  REMOVED,
  type FoundBelonging,
} from '../../../../../src/workspace/clean-plan.ts';

describe('what is said of a removal', () => {
  const found = (name: string, isData = false, bytes?: number): FoundBelonging => ({
    kind: isData ? 'data' : 'logs',
    name,
    locations: [`/there/${name}`],
    how: 'deleted',
    isData,
    remove: () => Promise.resolve(REMOVED),
    ...(bytes === undefined ? {} : { bytes }),
  });
  const logs = found('Logs', false, 2_000_000);
  const data = found('Data', true);
  const unknown = { code: 'engine-not-running', what: 'The engine does not answer.' };
  const plan = planCleaning(
    [{ found: [data, logs], stays: ['certs stays.'], unknown: [unknown] }],
    true,
  );

  it('is a line for each thing, and never the data with the rest', () => {
    assert.deepEqual(describeRemoval(plan).split('\n'), [
      'The server that runs is stopped first.',
      'Logs (2.0 MB): /there/Logs',
      '',
      'certs stays.',
      'Not looked at: The engine does not answer.',
    ]);
    assert.equal(describeData(plan), 'Data: /there/Data');
  });

  it('names what is gone and what is not, each once', () => {
    const twice = { found: [logs, found('Logs'), data] };
    assert.equal(
      describeRemoved(twice, { removed: twice.found.slice(0, 2) }),
      'Removed: Logs. Still there: Data.',
    );
    assert.equal(describeRemoved({ found: [data] }, { removed: [data] }), 'Removed: Data.');
    assert.equal(
      describeRemoved(plan, { removed: [] }),
      'Nothing was removed. Still there: Data, Logs.',
    );
  });
});
