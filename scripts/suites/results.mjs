// The results of the tests: read while they run, printed, and summed up at the end.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted } from '../interruption.mjs';
import { reasonOf } from '../parts/bench.mjs';

/**
 * @typedef {object} Result
 * @property {string} suite
 * @property {'passed' | 'failed' | 'skipped'} state
 * @property {string[]} path the titles from the outermost `describe` to the test
 * @property {number} milliseconds
 * @property {string} [why] of a failure or a skip
 */

/** How long (ms) no test may begin or end. It fails no slow test; it names one that hangs. */
const SILENCE = 15 * 60_000;

const marks = { passed: '✓', failed: '✗', skipped: '-' };

export class Results {
  /** @type {Result[]} */
  #all = [];
  /** @type {{ suite: string, path: string[], milliseconds: number }[]} */
  #hooks = [];
  /** @type {{ suite: string, name: string, milliseconds: number }[]} */
  #computed = [];
  #print;

  /** @param {(text: string) => void} [print] */
  constructor(print = console.log) {
    this.#print = print;
  }

  /** @param {Result} result */
  add(result) {
    this.#all.push(result);
    const { suite, state, path, milliseconds, why } = result;
    const time = milliseconds >= 100 ? ` (${(milliseconds / 1000).toFixed(1)}s)` : '';
    this.#print(`  ${marks[state]} [${suite}] ${path.join(' › ')}${time}`);
    // Why tests were skipped is said once, at the end.
    if (state === 'failed' && why) this.#print(indent(why, '      '));
  }

  /**
   * Follows a results file until its `end` line, or until the tests' process has ended or hangs.
   * @param {string} suite
   * @param {string} file
   * @param {Promise<string>} ended says why it ended
   * @param {{ name?: string, silence?: number, isWaiting?: () => boolean }} [options] of the process;
   *   how long nothing may be heard of it (ms), and whether tests wait for a part, which is no silence
   * @returns {Promise<boolean>} false if it hangs
   */
  async follow(
    suite,
    file,
    ended,
    { name = suite, silence = SILENCE, isWaiting = () => false } = {},
  ) {
    /** @type {string | undefined} */
    let ending;
    ended.then(
      (text) => (ending = text),
      (error) => (ending = reasonOf(error)),
    );
    let at = 'its first test';
    let heard = Date.now();
    for (let seen = 0; ; await sleep(100)) {
      // Read after asking: what was written right before the end is still seen.
      const isLast = ending !== undefined;
      const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').slice(0, -1);
      for (const line of lines.slice(seen)) {
        const { kind, ...result } = JSON.parse(line);
        if (kind === 'end') {
          if (result.isEarly && !interrupted.aborted) {
            this.add({ ...asFailure(suite, 'runs to its end'), why: 'it lost its runner' });
          }
          if (result.computed) this.#computed.push({ suite, name, milliseconds: result.computed });
          return true;
        }
        if (kind === 'begin') at = result.path.join(' › ');
        else if (kind === 'hook') this.#hooks.push({ suite, ...result });
        else this.add({ suite, ...result });
      }
      if (lines.length > seen || isWaiting()) heard = Date.now();
      seen = lines.length;
      if (isLast) {
        const why = `it ended early, in ${at}: ${String(ending)}`;
        this.add({ ...asFailure(suite, 'runs to its end'), why });
        return true;
      }
      if (Date.now() - heard > silence) {
        const why = `it hangs in ${at}: nothing has ended for ${silence / 60_000} minutes`;
        this.add({ ...asFailure(suite, 'goes on'), why });
        return false;
      }
    }
  }

  /**
   * Prints what took long.
   * @param {ReadonlyMap<string, number>} installations milliseconds that parts took
   * @param {ReadonlyMap<string, number>} [suites] milliseconds that each took, by the clock
   */
  tellTimes(installations, suites = new Map()) {
    const slowest = [...this.#all, ...this.#hooks].sort((a, b) => b.milliseconds - a.milliseconds);
    this.#print('\nThe ten slowest:');
    for (const { suite, path, milliseconds } of slowest.slice(0, 10)) {
      this.#print(`  ${inSeconds(milliseconds)} [${suite}] ${path.join(' › ')}`);
    }
    const hungriest = [...this.#computed].sort((a, b) => b.milliseconds - a.milliseconds);
    if (hungriest.length > 0) this.#print('\nThe ten processes of tests that computed most:');
    for (const { suite, name, milliseconds } of hungriest.slice(0, 10)) {
      this.#print(`  ${inSeconds(milliseconds)} [${suite}] ${name}`);
    }
    if (suites.size > 0)
      this.#print('\nThe suites, by the clock, and what their processes computed:');
    for (const [suite, milliseconds] of suites) {
      const computed = sum(this.#computed.filter((of) => of.suite === suite));
      this.#print(
        `  ${inSeconds(milliseconds)} ${computed > 0 ? inSeconds(computed) : ''} ${suite}`,
      );
    }
    const long = [...installations].filter(([, milliseconds]) => milliseconds >= 1000);
    if (long.length > 0) this.#print('\nInstalling took:');
    for (const [name, milliseconds] of long.sort(([, a], [, b]) => b - a)) {
      this.#print(`  ${inSeconds(milliseconds)} ${name}`);
    }
  }

  /** Prints the summary. Programs read its last line, so its form stays. */
  summarize() {
    const failed = this.#of('failed');
    const skipped = this.#of('skipped');
    const passed = this.#of('passed');
    if (failed.length > 0) this.#print('\nFailed:');
    for (const { suite, path, why } of failed) {
      this.#print(`  ✗ [${suite}] ${path.join(' › ')}\n${indent(why ?? '', '      ')}`);
    }
    if (skipped.length > 0) this.#print('\nSkipped:');
    for (const { suite, path, why } of skipped) {
      this.#print(`  - [${suite}] ${path.join(' › ')}: ${why ?? ''}`);
    }
    const counts = `${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped`;
    this.#print(`\n${counts}`);
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

/** @param {{ milliseconds: number }[]} times */
function sum(times) {
  return times.reduce((all, { milliseconds }) => all + milliseconds, 0);
}

/** @param {number} milliseconds */
function inSeconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1).padStart(6)}s`;
}

/**
 * @param {string} text
 * @param {string} by
 */
function indent(text, by) {
  return text.replaceAll(/^(?=.)/gm, by);
}
