import { appendFileSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import Mocha from 'mocha';
import { endedEarly, endWithRun } from './early-end.ts';
import { skipHooksOfSkipped, skipReason } from './skip-reasons.ts';

/** One line of the results file, which `scripts/suites/results.mjs` follows. */
export type ResultLine =
  /** A test or a hook that begins: if it hangs, its name is known. */
  | { readonly kind: 'begin'; readonly path: readonly string[] }
  | { readonly kind: 'hook'; readonly path: readonly string[]; readonly milliseconds: number }
  | {
      readonly kind: 'test';
      readonly state: 'passed' | 'failed' | 'skipped';
      readonly path: readonly string[];
      readonly milliseconds: number;
      readonly why?: string;
    }
  /** `computed` is the CPU time (ms) of the process and of all it has waited for, where that is known. */
  | { readonly kind: 'end'; readonly isEarly: boolean; readonly computed?: number };

/** Runs bundled test files; each result is written at once, so that a crash loses none of them. */
export async function runMocha(files: readonly string[]): Promise<void> {
  const resultsFile = setting('CHROMA_TLS_RESULTS');
  const write = (line: ResultLine): void => {
    appendFileSync(resultsFile, `${JSON.stringify(line)}\n`);
  };
  const limit = Number(setting('CHROMA_TLS_TIMEOUT'));
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: limit,
    forbidOnly: process.env['CI'] === 'true',
    reporter: reporterWriting(write, limit),
  });
  const pattern = process.env['CHROMA_TLS_GREP'];
  if (pattern !== undefined) mocha.grep(new RegExp(pattern, 'i'));
  // Mocha would `require` them, and then the extension host of VS Code 1.105 waits for ever.
  for (const file of files) {
    mocha.suite.emit('pre-require', globalThis, file, mocha);
    mocha.suite.emit('require', await import(pathToFileURL(file).href), file, mocha);
    mocha.suite.emit('post-require', globalThis, file, mocha);
  }
  await new Promise<void>((resolve) => {
    mocha.run(() => {
      resolve();
    });
  });
  write({ kind: 'end', isEarly: endedEarly(), ...measureComputing() });
}

/** `/proc` counts in hundredths of a second, whatever the kernel's own clock. */
function measureComputing(): { computed?: number } {
  if (process.platform !== 'linux') return {};
  const stat = readFileSync('/proc/self/stat', 'utf8');
  // The name in parentheses may hold anything; 11 fields after it follow user and system time, the
  // process's own and its children's.
  const times = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15)
    .map(Number);
  return { computed: times.reduce((sum, time) => sum + time, 0) * 10 };
}

function reporterWriting(
  write: (line: ResultLine) => void,
  limit: number,
): typeof Mocha.reporters.Base {
  return class extends Mocha.reporters.Base {
    constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
      super(runner, options);
      skipHooksOfSkipped(runner);
      const record = (
        test: Mocha.Runnable,
        state: 'passed' | 'failed' | 'skipped',
        why?: string,
      ): void => {
        write({
          kind: 'test',
          state,
          path: test.titlePath(),
          milliseconds: test.duration ?? 0,
          ...(why === undefined ? {} : { why }),
        });
      };
      const begin = (runnable: Mocha.Runnable): void => {
        // A test may ask for more time, never for less: a slow machine fails no test.
        if (runnable.timeout() > 0) runnable.timeout(Math.max(runnable.timeout(), limit));
        write({ kind: 'begin', path: runnable.titlePath() });
      };
      runner.on('test', begin);
      runner.on('hook', begin);
      const isBrokenOff = endWithRun(runner, setting('CHROMA_TLS_PARTS'));
      runner.on('hook end', (hook: Mocha.Hook) => {
        write({ kind: 'hook', path: hook.titlePath(), milliseconds: hook.duration ?? 0 });
      });
      runner.on('pass', (test) => {
        record(test, 'passed');
      });
      runner.on('fail', (test: Mocha.Runnable, error: unknown) => {
        if (!isBrokenOff(test)) record(test, 'failed', describeError(error));
      });
      runner.on('pending', (test) => {
        if (!isBrokenOff(test)) record(test, 'skipped', skipReason(test));
      });
    }
  };
}

/** The error with what was expected and got, where an assertion says so. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? error.message;
  const own = stack.includes(error.message) ? stack : `${error.message}\n${stack}`;
  return error.cause instanceof Error ? `${own}\nbecause: ${describeError(error.cause)}` : own;
}

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run this by \`npm test\``);
  return value;
}
