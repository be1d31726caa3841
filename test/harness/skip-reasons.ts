import type { Hook, Runnable, Runner, Suite } from 'mocha';

// Mocha knows that a test was skipped but not why; this remembers it beside Mocha.
const reasons = new WeakMap<Runnable | Suite, string>();

/**
 * Skips the test, or from a `before` hook the whole `describe` with its hooks. The summary says why.
 * Call it first: what a hook or a test did before it is not undone.
 */
export function skipBecause(context: Mocha.Context, reason: string): never {
  const { test } = context;
  if (test) reasons.set(isHook(test) && test.parent ? test.parent : test, reason);
  if (test && isHook(test) && test.parent && isOf(test, 'before all')) test.parent.pending = true;
  context.skip();
}

/**
 * Mocha runs the `afterEach` hooks of a test that skipped itself. Here only those run whose group did
 * something for that test in a `beforeEach`; the others would undo what was never done.
 */
export function skipHooksOfSkipped(runner: Runner): void {
  let prepared = new Set<Suite | undefined>();
  runner.on('test', () => {
    prepared = new Set();
  });
  runner.on('hook', (hook: Hook) => {
    if (!isOf(hook, 'after each')) return;
    const test = hook.ctx?.currentTest;
    hook.pending = test?.isPending() === true && !prepared.has(hook.parent);
  });
  runner.on('hook end', (hook: Hook) => {
    // One that skips has done nothing before it.
    if (isOf(hook, 'before each') && !hook.isPending()) prepared.add(hook.parent);
    if (isOf(hook, 'after each')) hook.pending = false;
  });
}

/** Whether it is a hook that undoes what tests and other hooks did. */
export function cleansUp(runnable: Runnable): boolean {
  return isHook(runnable) && (isOf(runnable, 'after each') || isOf(runnable, 'after all'));
}

/** Has Mocha not go on from a `beforeEach` hook into its test. */
export function skipTestOf(runnable: Runnable): void {
  const test = isHook(runnable) && isOf(runnable, 'before each') && runnable.ctx?.currentTest;
  if (test) test.pending = true;
}

function isHook(test: Runnable): test is Hook {
  return 'type' in test && test.type === 'hook';
}

function isOf(
  hook: Hook,
  kind: 'before all' | 'before each' | 'after each' | 'after all',
): boolean {
  return (hook.originalTitle ?? hook.title).startsWith(`"${kind}" hook`);
}

export function skipReason(test: Runnable): string {
  for (let at: Runnable | Suite | undefined = test; at; at = at.parent) {
    const reason = reasons.get(at);
    if (reason !== undefined) return reason;
  }
  return 'no reason was given';
}
