import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { after, afterEach, before, describe, it } from 'mocha';
import { until } from '../../harness/until.ts';

// Not a test of ours: `ending.test.ts` ends the run while its first test waits, and reads what it says.
const say = (text: string): void => {
  console.log(text);
};

describe('a run that is ended', () => {
  before(() => {
    say('before');
  });
  afterEach(async () => {
    await until('a hook may still wait', () => true);
    say('after each');
  });
  after(() => {
    say('after');
  });

  it('is broken off with the programs that a test runs', async () => {
    const program = spawn('sleep', ['1000'], { stdio: 'ignore' });
    const ended = once(program, 'exit');
    writeFileSync(process.env['ENDING_FIXTURE_RUNS'] ?? '', '');
    say(String(await ended));
    try {
      await until('what never comes', () => false);
    } finally {
      say('finally');
    }
  });
  it('goes on to no other', () => {
    say('the next test');
  });
});
