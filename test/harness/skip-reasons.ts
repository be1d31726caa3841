import type { Hook, Runnable, Suite } from 'mocha';

// Mocha knows that a test was skipped but not why; this remembers it beside Mocha.
const reasons = new WeakMap<Runnable | Suite, string>();

/** Skips the test, or from a `before` hook the whole `describe`, and says why in the summary. */
export function skipBecause(context: Mocha.Context, reason: string): never {
  const { test } = context;
  if (test) reasons.set(isHook(test) && test.parent ? test.parent : test, reason);
  context.skip();
}

function isHook(test: Runnable): test is Hook {
  return 'type' in test && test.type === 'hook';
}

export function skipReason(test: Runnable): string {
  for (let at: Runnable | Suite | undefined = test; at; at = at.parent) {
    const reason = reasons.get(at);
    if (reason !== undefined) return reason;
  }
  return 'no reason was given';
}
