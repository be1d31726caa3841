import { main as run, type Verbs } from './main.ts';

/** What is called often, and waited for: a bundle of its own, one file, is read soonest. */
export const QUICK = {
  generate: async () => (await import('../verbs.ts')).generate,
  start: async () => (await import('../verbs.ts')).start,
  stop: async () => (await import('../verbs.ts')).stop,
  status: async () => (await import('../verbs.ts')).status,
  logs: async () => (await import('../verbs.ts')).logs,
} as const satisfies Verbs;

export const main = run.bind(undefined, QUICK);
