#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { keepCompiled } from './cli/entry/compiled-code.ts';

keepCompiled();
// Imported only now, so that it is found compiled.
const { main } = await import('./cli/entry/every-verb.ts');
await main(process.argv.slice(2), fileURLToPath(new URL('.', import.meta.url)));
