#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { keepCompiled } from './cli/entry/compiled-code.ts';

/** The verbs that `quick-verbs.ts` has; a command line may also begin with an option. */
const QUICK: ReadonlySet<string | undefined> = new Set([
  'generate',
  'start',
  'stop',
  'status',
  'logs',
]);

keepCompiled();
const argv = process.argv.slice(2);
// Imported only now, so that they are found compiled.
const { main } = QUICK.has(argv[0])
  ? await import('./cli/entry/quick-verbs.ts')
  : await import('./cli/entry/every-verb.ts');
await main(argv, fileURLToPath(new URL('.', import.meta.url)));
