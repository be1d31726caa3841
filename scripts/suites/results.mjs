// What the tests said: read as they say it, printed, and summed up at the end.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../parts/bench.mjs';

/**
 * @typedef {object} Result
 * @property {string} suite
 * @property {'passed' | 'failed' | 'skipped'} state
 * @property {string[]} path the titles from the outermost `describe` to the test
 * @property {number} milliseconds
 * @property {string} [why] of a failure or a skip
 */

const marks = { passed: '✓', failed: '✗', skipped: '-' };

export class Results {
  /** @type {Result[]} */
  #all = [];

  /** @param {Result} result */
  add(result) {
    this.#all.push(result);
    const { suite, state, path, milliseconds, why } = result;
    const time = milliseconds >= 100 ? ` (${(milliseconds / 1000).toFixed(1)}s)` : '';
    console.log(`  ${marks[state]} [${suite}] ${path.join(' › ')}${time}`);
    // Why tests were skipped is said once, at the end.
    if (state === 'failed' && why) console.log(indent(why, '      '));
  }

  /**
   * Follows a results file until its `end` line, or until the tests' process has ended.
   * @param {string} suite
   * @param {string} file
   * @param {Promise<string>} ended says why it ended
   */
  async follow(suite, file, ended) {
    /** @type {string | undefined} */
    let ending;
    ended.then(
      (text) => (ending = text),
      (error) => (ending = reasonOf(error)),
    );
    for (let seen = 0; ; await sleep(100)) {
      // Read after asking: what was written right before the end is still seen.
      const isLast = ending !== undefined;
      const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').slice(0, -1);
      for (const line of lines.slice(seen)) {
        const { kind, ...result } = JSON.parse(line);
        if (kind === 'end') return;
        this.add({ suite, ...result });
      }
      seen = lines.length;
      if (isLast) {
        this.add({ ...asFailure(suite, 'runs to its end'), why: `it ended early: ${ending}` });
        return;
      }
    }
  }

  /** Prints the summary; the last line is a contract with whoever reads the output. */
  summarize() {
    const failed = this.#of('failed');
    const skipped = this.#of('skipped');
    const passed = this.#of('passed');
    if (failed.length > 0) console.log('\nFailed:');
    for (const { suite, path, why } of failed) {
      console.log(`  ✗ [${suite}] ${path.join(' › ')}\n${indent(why ?? '', '      ')}`);
    }
    if (skipped.length > 0) console.log('\nSkipped:');
    for (const { suite, path, why } of skipped) {
      console.log(`  - [${suite}] ${path.join(' › ')}: ${why ?? ''}`);
    }
    const counts = `${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped`;
    console.log(`\n${counts}`);
    return failed.length === 0 && passed.length > 0;
  }

  /** @param {string} suite */
  countOf(suite) {
    return this.#all.filter((result) => result.suite === suite).length;
  }

  /** @param {Result['state']} state */
  #of(state) {
    return this.#all.filter((result) => result.state === state);
  }
}

/**
 * @param {string} suite
 * @param {string} title
 * @returns {Result}
 */
export function asFailure(suite, title) {
  return { suite, state: 'failed', path: [`the ${suite} suite`, title], milliseconds: 0 };
}

/**
 * @param {string} text
 * @param {string} by
 */
function indent(text, by) {
  return text.replaceAll(/^(?=.)/gm, by);
}
