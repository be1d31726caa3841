import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { Results } from '../../../scripts/suites/results.mjs';

describe('the results of a suite', () => {
  const begin = { kind: 'begin', path: ['a group', 'a test that hangs'] };
  const passed = { kind: 'test', state: 'passed', path: ['a group', 'a test'], milliseconds: 1 };

  async function follow(lines: readonly object[], ended: Promise<string>, silence = 60_000) {
    const file = join(await mkdtemp(join(tmpdir(), 'chroma-tls-results-')), 'results.jsonl');
    await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const said: string[] = [];
    const results = new Results((text) => said.push(text));
    const isOver = await results.follow('unit', file, ended, { silence });
    const isWell = results.summarize();
    return { isOver, isWell, said: said.join('\n'), last: said.at(-1) };
  }
  const never = new Promise<string>(() => undefined);

  it('name what hangs when nothing begins or ends for long', async () => {
    const { isOver, isWell, said, last } = await follow([passed, begin], never, 60);
    assert.equal(isOver, false);
    assert.equal(isWell, false);
    assert.match(said, /it hangs in a group › a test that hangs: nothing has ended/);
    assert.equal(last, '\n1 passed, 1 failed, 0 skipped');
  });

  it('take a wait for a part for no silence', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'chroma-tls-results-')), 'results.jsonl');
    await writeFile(file, `${JSON.stringify(begin)}\n`);
    const results = new Results(() => undefined);
    let looks = 0;
    const isWaiting = (): boolean => {
      looks += 1;
      if (looks === 5) appendFileSync(file, `${JSON.stringify({ kind: 'end' })}\n`);
      return true;
    };
    assert.equal(await results.follow('unit', file, never, { silence: 60, isWaiting }), true);
  });

  it('name what ended a process before its time', async () => {
    const { isOver, said, last } = await follow([passed, begin], Promise.resolve('exit 7'));
    assert.equal(isOver, true);
    assert.match(said, /it ended early, in a group › a test that hangs: exit 7/);
    assert.equal(last, '\n1 passed, 1 failed, 0 skipped');
  });

  it('name a process that left out tests although nobody ended the run', async () => {
    const { said, last } = await follow([passed, { kind: 'end', isEarly: true }], never);
    assert.match(said, /runs to its end\n +it lost its runner/);
    assert.equal(last, '\n1 passed, 1 failed, 0 skipped');
  });

  it('hold the time of hooks', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'chroma-tls-results-')), 'results.jsonl');
    const hook = { kind: 'hook', path: ['a group', 'a hook'], milliseconds: 2000 };
    await writeFile(file, `${JSON.stringify(hook)}\n${JSON.stringify({ kind: 'end' })}\n`);
    const said: string[] = [];
    const results = new Results((text) => said.push(text));
    await results.follow('real', file, never);
    results.tellTimes(new Map());
    assert.equal(said.at(-1), '     2.0s [real] a group › a hook');
  });

  it('end with the counts', async () => {
    const { isWell, last } = await follow([passed, { kind: 'end' }], never);
    assert.equal(isWell, true);
    assert.equal(last, '\n1 passed, 0 failed, 0 skipped');
  });

  it('tell what took longest, hooks and installations too', () => {
    const said: string[] = [];
    const results = new Results((text) => said.push(text));
    for (let seconds = 1; seconds <= 11; seconds += 1) {
      const path = [`test ${seconds}`];
      results.add({ suite: 'real', state: 'passed', path, milliseconds: seconds * 1000 });
    }
    said.length = 0;
    const took = [
      ['quick', 999],
      ['long', 60_000],
      ['longer', 61_000],
    ] as const;
    results.tellTimes(new Map(took));
    assert.deepEqual(said.slice(0, 3), [
      '\nThe ten slowest:',
      '    11.0s [real] test 11',
      '    10.0s [real] test 10',
    ]);
    assert.deepEqual(said.slice(10), [
      '     2.0s [real] test 2',
      '\nInstalling took:',
      '    61.0s longer',
      '    60.0s long',
    ]);
  });
});
